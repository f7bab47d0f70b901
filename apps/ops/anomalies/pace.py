"""How long answers of one kind take, by the hour of the week, and whether they take longer now."""

import math
from dataclasses import dataclass, field, fields
from statistics import median
from typing import Any, Self

from apps.core.metering import Kind, Outcome
from apps.ops.anomalies.events import Calendar, Event
from apps.ops.anomalies.robust import spread

TIMED = frozenset({Kind.ASK, Kind.SEARCH})
SERVED = frozenset({Outcome.ANSWERED, Outcome.NOT_FOUND, Outcome.DONE})
ENOUGH, FEW, SHORT_S, LONG_S = 15, 6, 300, 1800  # a bucket: so many, or fewer in a longer time
RESIDUALS, LEARNED = 300, 40  # buckets
LEARNS_S = 3 * 86_400
LEVEL_STEP, SEASON_STEP, CLIP = 0.01, 0.35, 2.5
LEAST_EXCESS = math.log(1.35)
ALLOWED, MOST_GAIN, ALARM = 1.0, 5.0, 8.0  # of the cumulative sum, in deviations
IN_A_ROW = 2  # slow buckets: a single one is a few heavy questions
LEAST_NOISE = 0.05  # of logarithms: below it differences are not worth a word


@dataclass(slots=True)
class Pace:
    """Logarithms of milliseconds: a level, what the hours of the day and of the week add to it,
    and by how much single buckets differ. Medians and clipped steps: an outage is no habit.

    EWMA: Roberts, Control Chart Tests Based on Geometric Moving Averages, Technometrics 1959.
    Cumulative sums: Page, Continuous Inspection Schemes, Biometrika 1954.
    """

    since: float = 0.0
    begun_at: float = 0.0
    values: list[float] = field(default_factory=list)  # of the bucket at hand
    level: float = 0.0
    hours: list[list[float]] = field(default_factory=lambda: [[0.0, 0.0] for _ in range(24)])
    days: list[list[float]] = field(default_factory=lambda: [[0.0, 0.0] for _ in range(48)])
    weeks: list[list[float]] = field(default_factory=lambda: [[0.0, 0.0] for _ in range(168)])
    residuals: list[float] = field(default_factory=list)
    hour: int = 0  # of the week, that `learned` is of
    learned: list[float] = field(default_factory=list)  # clipped residuals of this hour
    slow: int = 0  # buckets in a row
    sum: float = 0.0  # cumulative, of deviations above what is allowed
    excess: float = 0.0  # of the last bucket, in logarithms
    deviations: float = 0.0
    usual_ms: float = 0.0
    seen_ms: float = 0.0

    @classmethod
    def read(cls, told: dict[str, Any]) -> Self:
        """From what `told` gave."""
        known = {one.name for one in fields(cls)}
        return cls(**{name: value for name, value in told.items() if name in known})

    def told(self) -> dict[str, Any]:
        """As JSON."""
        return {one.name: getattr(self, one.name) for one in fields(self)}

    def note(self, event: Event) -> None:
        """Count an answer; what failed or was refused tells nothing of the pace."""
        if event.outcome not in SERVED or event.ms <= 0:
            return
        self.since = self.since or event.at
        if not self.values:
            self.begun_at = event.at
        if len(self.values) < 400:
            self.values.append(round(math.log(event.ms), 4))

    def close(self, now: float, calendar: Calendar) -> bool:
        """End the bucket when it is long enough. True: judged; see `is_slow`."""
        lasted = now - self.begun_at
        is_full = len(self.values) >= ENOUGH and lasted >= SHORT_S
        if not self.values or not (is_full or (len(self.values) >= FEW and lasted >= LONG_S)):
            if self.values and lasted > 2 * LONG_S:
                self.values = []  # a question now and then tells nothing
            return False
        self._judge(calendar.hour_of_week(self.begun_at))
        self.values = []
        return True

    @property
    def is_slow(self) -> bool:
        """Whether answers take longer than usual, and not just once."""
        is_known = len(self.residuals) >= LEARNED and self.begun_at - self.since > LEARNS_S
        return is_known and self.slow >= IN_A_ROW and self.sum > ALARM

    def _judge(self, hour: int) -> None:
        middle = median(self.values)
        if not self.residuals:
            self.level = middle
        if hour != self.hour:
            self._learn_hour()
            self.hour = hour
        usual = self.level + sum(map(_shrunk, self._seasons(hour)))
        residual = middle - usual
        own = 1.25 * spread(self.values) / math.sqrt(len(self.values))  # of a median
        noise = max(math.hypot(spread(self.residuals), own), LEAST_NOISE)
        self.excess, self.deviations = residual, residual / noise
        self.usual_ms, self.seen_ms = math.exp(usual), math.exp(middle)
        self.slow = self.slow + 1 if residual > LEAST_EXCESS else 0
        gain = min(self.deviations, MOST_GAIN) - ALLOWED
        self.sum = max(0.0, self.sum + gain) if residual > 0 else 0.0
        step = max(-CLIP * noise, min(CLIP * noise, residual))
        self.level += LEVEL_STEP * step if self.residuals else 0.0
        self.learned = [*self.learned, step]
        if not self.is_slow:
            self.residuals = [*self.residuals, round(residual, 4)][-RESIDUALS:]

    def _learn_hour(self) -> None:
        """An hour is over: what it adds is learned once, however many buckets it had."""
        if self.learned and not self.is_slow:
            rest = sum(self.learned) / len(self.learned)
            for season in self._seasons(self.hour):
                season[0] += SEASON_STEP * rest
                season[1] += 1
                rest *= 1 - SEASON_STEP
        self.learned = []

    def _seasons(self, hour: int) -> tuple[list[float], ...]:
        """The hour of any day, of a working day or a weekend, of this day of the week."""
        day = hour % 24
        return self.hours[day], self.days[day + 24 * (hour >= 120)], self.weeks[hour]


def _shrunk(season: list[float]) -> float:
    """What an hour adds; little is believed of what was seen rarely."""
    return season[0] * season[1] / (season[1] + 1)
