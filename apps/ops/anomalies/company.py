"""What is usual for everybody together: when people work, how much one of them opens."""

from dataclasses import dataclass, field, fields
from typing import Any, Self

from apps.core.metering import Outcome
from apps.ops.anomalies.events import MINUTE_S, Calendar, Event
from apps.ops.anomalies.habit import FADE_HOUR, LONG_WINDOW, WINDOW, Hour

PEERS, FADE_PERSON_HOUR = 600, 0.9995
BAD = (Outcome.FAILED, Outcome.REFUSED, Outcome.NOT_FOUND)


@dataclass(slots=True)
class Company:
    """Of all subjects. People are those who ask by themselves, see Event.is_person."""

    opened: list[int] = field(default_factory=list)  # documents of a person in an active hour
    asked: list[int] = field(default_factory=list)  # requests, likewise
    clock: list[float] = field(default_factory=lambda: [0.0] * 24)  # people's hours, fading
    present: dict[str, int] = field(default_factory=dict)  # people, and their last minute
    most_present: float = 0.0  # at once, fading
    keys: dict[str, tuple[int, str]] = field(default_factory=dict)  # last minute and network
    unusual: dict[str, int] = field(default_factory=dict)  # those at an hour unusual for them
    newcomers: dict[str, float] = field(default_factory=dict)  # "key network": first seen
    troubled: dict[str, dict[str, list[int]]] = field(default_factory=dict)  # who met bad outcomes

    @classmethod
    def read(cls, told: dict[str, Any]) -> Self:
        """From what `told` gave."""
        known = {one.name for one in fields(cls)}
        return cls(**{name: value for name, value in told.items() if name in known})

    def told(self) -> dict[str, Any]:
        """As JSON."""
        return {one.name: getattr(self, one.name) for one in fields(self)}

    def note(self, event: Event) -> None:
        """Count the request."""
        minute = int(event.at // MINUTE_S)
        if event.is_person:
            self.present[event.caller] = minute
            self.most_present = max(self.most_present * 0.99999, float(len(self.present)))
        elif event.key is not None and event.network:
            self.keys[event.caller] = (minute, event.network)
        if event.outcome in BAD:
            found = self.troubled.setdefault(event.outcome, {})
            times = found.setdefault(event.caller, [])
            found[event.caller] = [*times, minute][-LONG_WINDOW:]

    def note_hour(self, hour: Hour, at: float, calendar: Calendar) -> None:
        """An hour of a person is over."""
        self.opened = [*self.opened, hour.documents][-PEERS:]
        self.asked = [*self.asked, hour.requests][-PEERS:]
        self.clock = [FADE_PERSON_HOUR * weight for weight in self.clock]
        self.clock[calendar.hour_of_week(at) % 24] += 1

    def forget_before(self, now: float) -> None:
        """Drop who was not seen in the last hour, and troubles of three hours ago."""
        minute = int(now // MINUTE_S) - WINDOW
        self.present = {one: at for one, at in self.present.items() if at >= minute}
        self.keys = {one: seen for one, seen in self.keys.items() if seen[0] >= minute}
        self.unusual = {one: at for one, at in self.unusual.items() if at >= minute}
        minute -= LONG_WINDOW - WINDOW
        for outcome, found in self.troubled.items():
            kept = {one: [at for at in times if at >= minute] for one, times in found.items()}
            self.troubled[outcome] = {one: times for one, times in kept.items() if times}

    def met(self, outcome: str, now: float, minutes: int) -> list[int]:
        """How often each caller met this outcome in the last minutes, the most often hit first."""
        least = int(now // MINUTE_S) - minutes
        found = self.troubled.get(outcome, {}).values()
        return sorted((n for one in found if (n := sum(at > least for at in one))), reverse=True)

    def share_of_keys(self, network: str) -> tuple[int, float]:
        """How many keys came from this network when they came last, in the last hour, and which
        share of all keys that came they are."""
        here = sum(seen[1] == network for seen in self.keys.values())
        return here, here / len(self.keys) if self.keys else 0.0

    def quietness(self, hour: int) -> float:
        """How much goes on at this hour of the day as a share of the busiest hour, 0..1."""
        busiest = max(self.clock)
        return self.clock[hour] / busiest if busiest else 0.0


def hours_known(clock: list[float]) -> float:
    """How many active hours a fading clock has learned of; at most those that do not fade away."""
    return min(sum(clock), 1 / (1 - FADE_HOUR))
