"""What is usual for one user, key or network, learned as requests pass by.

All of it is bounded: a hundred hours, sixty days, one hour minute by minute. It is kept as JSON.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from enum import IntEnum
from typing import Any, Self

from apps.core.metering import Kind, Outcome
from apps.ops.anomalies.events import HOUR_S, MINUTE_S, WANTED, Calendar, Event

WINDOW, LONG_WINDOW = 60, 180  # minutes that are kept one by one; of everybody together
HOURS, DAYS, TIMES, DOCUMENTS, NETWORKS, ATTEMPTS = 100, 60, 64, 800, 40, 60
FADE_HOUR = 0.993  # of an active hour: half of it counts after a hundred of them
MADE = frozenset({"sums", "sums_at"})  # not kept
ACT_S = 1.0  # what a page asks for at once is one act of a person


class Count(IntEnum):
    """What is counted in each minute."""

    ALL = 0
    FAILED = 1
    REFUSED = 2
    NOT_FOUND = 3
    DENIED = 4
    ASKED = 5  # questions that were answered, or found nothing


COUNTED = {
    Outcome.FAILED: Count.FAILED, Outcome.REFUSED: Count.REFUSED,
    Outcome.NOT_FOUND: Count.NOT_FOUND, Outcome.DENIED: Count.DENIED,
}  # fmt: skip


ANSWERS = frozenset({Outcome.ANSWERED, Outcome.NOT_FOUND})
AMONG = {
    Count.FAILED: Count.ALL, Count.REFUSED: Count.ALL, Count.NOT_FOUND: Count.ASKED,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Hour:
    """An hour in which the subject was active."""

    requests: int
    documents: int
    denied: int
    minutes: int  # with requests in them


@dataclass(slots=True)
class Habit:
    """Of one subject. Times are seconds since 1970, minutes and hours are whole ones of them."""

    since: float = 0.0
    last_at: float = 0.0
    hour: int = 0
    day: int = 0
    is_person: bool = False
    window: int = WINDOW
    minutes: dict[int, list[int]] = field(default_factory=dict)  # by Count
    documents: dict[str, int] = field(default_factory=dict)  # when opened last; of this day
    denied: dict[str, int] = field(default_factory=dict)  # what was denied, and when
    times: list[float] = field(default_factory=list)  # the last acts
    attempts: list[float] = field(default_factory=list)  # to overrule the instructions
    networks: dict[str, list[float]] = field(default_factory=dict)  # first, last, requests
    callers: dict[str, float] = field(default_factory=dict)  # of a network: who came from it
    hours: list[list[int]] = field(default_factory=list)  # as Hour
    day_documents: list[int] = field(default_factory=list)
    day_attempts: list[int] = field(default_factory=list)
    clock: list[float] = field(default_factory=lambda: [0.0] * 24)  # active hours, fading
    shares: dict[str, list[float]] = field(default_factory=dict)  # by Count: seen, among, spread
    sums: dict[int, list[int]] = field(default_factory=dict)  # `counts` made since the last request
    sums_at: float = 0.0

    @classmethod
    def read(cls, told: dict[str, Any]) -> Self:
        """From what `told` gave; what a later version wrote besides is left out."""
        known = {one.name for one in fields(cls)}
        habit = cls(**{name: value for name, value in told.items() if name in known})
        habit.minutes = {int(minute): counts for minute, counts in habit.minutes.items()}
        return habit

    def told(self) -> dict[str, Any]:
        """As JSON."""
        return {one.name: getattr(self, one.name) for one in fields(self) if one.name not in MADE}

    def note(self, event: Event, calendar: Calendar) -> list[Hour]:
        """Count the request. Returns the hours that are over with it: none or one."""
        over = self._turn(event.at, calendar)
        self.sums = {}
        minute = int(event.at // MINUTE_S)
        counts = self.minutes.setdefault(minute, [0] * len(Count))
        counts[Count.ALL] += 1
        if event.outcome in ANSWERS:
            counts[Count.ASKED] += 1
        if (counted := COUNTED.get(Outcome(event.outcome))) is not None:
            counts[counted] += 1
        if counted == Count.DENIED:
            _put(self.denied, event.document or event.kind, minute, DOCUMENTS)
        elif event.document and event.kind == Kind.OPEN:
            _put(self.documents, event.document[:12], minute, DOCUMENTS)
        if event.is_injection:
            self.attempts = [*self.attempts, event.at][-ATTEMPTS:]
        self._note_time(event)
        self._note_network(event)
        self.last_at, self.is_person = max(self.last_at, event.at), event.is_person
        return over

    def counts(self, now: float, minutes: int = WINDOW) -> list[int]:
        """Sums over the last minutes, by Count."""
        if now != self.sums_at:
            self.sums, self.sums_at = {}, now
        if minutes not in self.sums:
            self.sums[minutes] = self._counted(int(now // MINUTE_S) - minutes)
        return self.sums[minutes]

    def _counted(self, least: int) -> list[int]:
        found = [counts for minute, counts in self.minutes.items() if minute > least]
        return [sum(column) for column in zip(*found, strict=True)] if found else [0] * len(Count)

    def by_minute(self, now: float, count: Count = Count.ALL) -> list[int]:
        """What was counted in each of the last WINDOW minutes, oldest first."""
        last = int(now // MINUTE_S)
        none = [0] * len(Count)
        return [self.minutes.get(last - ago, none)[count] for ago in range(WINDOW - 1, -1, -1)]

    def column(self, name: str) -> list[int]:
        """One figure of all hours that are remembered, see Hour."""
        at = next(at for at, one in enumerate(fields(Hour)) if one.name == name)
        return [hour[at] for hour in self.hours]

    def forget_before(self, minute: int) -> None:
        """Drop single minutes that are out of the window."""
        self.minutes = {one: counts for one, counts in self.minutes.items() if one >= minute}
        self.denied = {one: at for one, at in self.denied.items() if at >= minute}

    def _turn(self, at: float, calendar: Calendar) -> list[Hour]:
        """Begin the hour and the day of this moment; what came late stays in those at hand."""
        hour, day = int(at // HOUR_S), calendar.day(at)
        if not self.since:
            self.since, self.hour, self.day = at, hour, day
        over = []
        if hour > self.hour:
            over = [self._close_hour(calendar)]
            self.hour = hour
            self.forget_before(int(at // MINUTE_S) - self.window)
        if day > self.day:
            self._close_day()
            self.day = day
        return over

    def _close_hour(self, calendar: Calendar) -> Hour:
        first = self.hour * HOUR_S // MINUTE_S
        within = [counts for minute, counts in self.minutes.items() if minute >= first]
        sums = [sum(column) for column in zip(*within, strict=True)] or [0] * len(Count)
        opened = sum(minute >= first for minute in self.documents.values())
        closed = Hour(sums[Count.ALL], opened, sums[Count.DENIED], len(within))
        one = [closed.requests, closed.documents, closed.denied, closed.minutes]
        self.hours = [*self.hours, one][-HOURS:]
        self.clock = [FADE_HOUR * weight for weight in self.clock]
        self.clock[calendar.hour_of_week(self.hour * HOUR_S) % 24] += 1
        for count, among in AMONG.items():
            self._learn_share(count, sums[count], sums[among])
        return closed

    def _close_day(self) -> None:
        self.day_documents = [*self.day_documents, len(self.documents)][-DAYS:]
        attempts = sum(at >= self.last_at - 24 * HOUR_S for at in self.attempts)
        self.day_attempts = [*self.day_attempts, attempts][-DAYS:]
        self.documents = {}

    def _learn_share(self, count: Count, seen: int, among: int) -> None:
        """Fading sums. What is far out counts as less: an outage is no habit."""
        known = self.shares.get(count.name, [0.0, 0.0, 1.0])
        share = (known[0] + 0.5) / (known[1] + 10)
        counted = min(float(seen), 3 * share * among + 2)
        noise = (seen - share * among) ** 2 / max(share * (1 - share) * among, 0.5)
        self.shares[count.name] = [
            FADE_HOUR * known[0] + counted,
            FADE_HOUR * known[1] + among,
            0.95 * known[2] + 0.05 * min(noise, 25.0),
        ]

    def _note_time(self, event: Event) -> None:
        if event.kind not in WANTED or event.outcome == Outcome.DENIED:
            return
        if event.is_person and self.times and event.at - self.times[-1] < ACT_S:
            return
        self.times = [*self.times, event.at][-TIMES:]

    def _note_network(self, event: Event) -> None:
        if not event.network or event.outcome == Outcome.DENIED:
            return
        first, _last, requests = self.networks.get(event.network, [event.at, event.at, 0])
        self.networks[event.network] = [first, event.at, requests + 1]
        if len(self.networks) > NETWORKS:
            del self.networks[min(self.networks, key=lambda one: self.networks[one][1])]


def _put(seen: dict[str, int], name: str, minute: int, most: int) -> None:
    """Remember the name, and let the one seen longest ago go when there are too many."""
    seen.pop(name, None)
    seen[name] = minute
    if len(seen) > most:
        del seen[next(iter(seen))]


def within(seen: Iterable[int], now: float, minutes: int) -> int:
    """How many of these minutes are among the last ones."""
    least = int(now // MINUTE_S) - minutes
    return sum(minute > least for minute in seen)
