"""Requests go by in order of time; what is usual is learned, and what is unusual is found."""

from collections.abc import Callable, Iterable, Sequence
from itertools import groupby

from apps.ops.anomalies.company import Company
from apps.ops.anomalies.events import MINUTE_S, Calendar, Event
from apps.ops.anomalies.findings import Finding
from apps.ops.anomalies.habit import LONG_WINDOW, Habit
from apps.ops.anomalies.pace import TIMED, Pace
from apps.ops.anomalies.rules import (
    denials,
    enumeration,
    hours,
    injection,
    latency,
    networks,
    scraping,
    spikes,
)
from apps.ops.anomalies.rules.case import Case

ALL = "all:"
ONE_BY_ONE = (
    denials.check,
    enumeration.check,
    hours.check,
    injection.check,
    scraping.check,
)


class Watch:
    """Habits of all subjects that were seen. `load`: gives what was `told` of one before, or None.

    Not for several threads.
    """

    def __init__(
        self,
        calendar: Calendar,
        load: Callable[[Sequence[str]], dict[str, dict[str, object]]] = lambda _names: {},
    ) -> None:
        self._calendar = calendar
        self._load = load
        self._habits: dict[str, Habit] = {}
        self._paces: dict[str, Pace] = {}
        self._company: Company | None = None
        self.touched: set[str] = set()  # since it was emptied

    def step(self, events: Iterable[Event]) -> list[Finding]:
        """Look at these requests, ordered by time; none may be older than the last step's newest
        minute by more than a few minutes. Findings repeat each minute while something lasts."""
        found: list[Finding] = []
        for minute, group in groupby(events, key=lambda event: int(event.at // MINUTE_S)):
            found += self._minute(list(group), (minute + 1) * MINUTE_S)
        return found

    def told(self, subject: str) -> dict[str, object]:
        """What is known of a subject, as JSON."""
        if subject == ALL:
            return {"company": self.company.told(), "habit": self._habits[ALL].told()}
        if subject in self._paces:
            return self._paces[subject].told()
        return self._habits[subject].told()

    @property
    def company(self) -> Company:
        """What is usual for everybody."""
        if self._company is None:
            self.fetch([ALL])
        assert self._company is not None  # noqa: S101 - fetched
        return self._company

    def fetch(self, subjects: Iterable[str]) -> None:
        """Have what is known of these at hand."""
        missing = [one for one in dict.fromkeys(subjects) if one not in self._habits | self._paces]
        known = self._load(missing) if missing else {}
        for one in missing:
            told = known.get(one, {})
            if one == ALL:
                self._company = Company.read(told.get("company", {}))  # type: ignore[arg-type]
                self._habits[one] = Habit.read(told.get("habit", {}))  # type: ignore[arg-type]
                self._habits[one].window = LONG_WINDOW
            elif one.startswith(ALL):
                self._paces[one] = Pace.read(told)
            else:
                self._habits[one] = Habit.read(told)

    def _minute(self, events: Sequence[Event], now: float) -> list[Finding]:
        self.fetch(_subjects(events))
        last: dict[str, Event] = {}
        for event in events:
            self._note(event)
            if event.caller:
                last[event.caller] = event
        self.company.forget_before(now)
        everybody = self._case(ALL, now, events[-1])
        found = self._paces_checked(now)
        found += spikes.check_everybody(everybody)
        for subject, event in last.items():
            case = self._case(subject, now, event)
            found += [one for check in ONE_BY_ONE if (one := check(case))]
            found += spikes.check(case, everybody)
        return found + self._newcomers_checked(now, events[-1])

    def _note(self, event: Event) -> None:
        self._habits[ALL].note(event, self._calendar)
        self.company.note(event)
        self.touched.add(ALL)
        if event.kind in TIMED:
            self._paces[f"{ALL}{event.kind}"].note(event)
            self.touched.add(f"{ALL}{event.kind}")
        if event.network and event.caller and not event.caller.startswith("net:"):
            network = self._habits[f"net:{event.network}"]
            network.since = network.since or event.at
            network.callers[event.caller] = event.at
            if len(network.callers) > 8:
                del network.callers[min(network.callers, key=lambda one: network.callers[one])]
            self.touched.add(f"net:{event.network}")
        if not event.caller:
            return
        habit = self._habits[event.caller]
        if event.key is not None and networks.is_new(habit, event.network):
            self.company.newcomers[f"{event.caller} {event.network}"] = event.at
        began = habit.hour * 3600.0
        for hour in habit.note(event, self._calendar):
            if habit.is_person:
                self.company.note_hour(hour, began, self._calendar)
        self.touched.add(event.caller)

    def _paces_checked(self, now: float) -> list[Finding]:
        return [
            found
            for name, pace in self._paces.items()
            if pace.close(now, self._calendar)
            and (found := latency.check(pace, name.removeprefix(ALL), now))
        ]

    def _newcomers_checked(self, now: float, event: Event) -> list[Finding]:
        """Networks that keys came from for the first time some minutes ago."""
        waiting = self.company.newcomers
        found = []
        for name in [one for one, at in waiting.items() if at <= now - networks.WAITS_S]:
            del waiting[name]
            subject, _space, network = name.partition(" ")
            self.fetch([subject, f"net:{network}"])
            case = self._case(subject, now, event)
            if one := networks.check(case, network, self._habits[f"net:{network}"]):
                found.append(one)
        return found

    def _case(self, subject: str, now: float, event: Event) -> Case:
        return Case(subject, self._habits[subject], self.company, self._calendar, now, event)


def _subjects(events: Iterable[Event]) -> set[str]:
    found = {ALL}
    for event in events:
        found.add(event.caller)
        if event.network:
            found.add(f"net:{event.network}")
        if event.kind in TIMED:
            found.add(f"{ALL}{event.kind}")
    return found - {""}
