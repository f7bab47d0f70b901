"""Spans of time that are shown in steps: how many, how long, and which rollups hold them."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.utils import timezone

from apps.core import clock
from apps.core.errors import Invalid
from apps.ops.ledger_records import Level

MINUTE_S, QUARTER_S, HOUR_S, SHIFT_S, DAY_S = 60, 900, 3600, 21600, 86400
SECONDS = {
    Level.MINUTE: MINUTE_S,
    Level.QUARTER: QUARTER_S,
    Level.HOUR: HOUR_S,
    Level.SHIFT: SHIFT_S,
}
# How long rows of a level are kept; days for ever.
KEPT = {
    Level.MINUTE: timedelta(days=2),
    Level.QUARTER: timedelta(days=9),
    Level.HOUR: timedelta(days=92),
    Level.SHIFT: timedelta(days=92),
}
LONGEST = timedelta(days=3660)  # each day is a step, which costs memory whether there is one or not
# Names of ranges: how long, from which rollups, in steps of how many seconds.
RANGES = {
    "15m": (timedelta(minutes=15), Level.MINUTE, MINUTE_S),
    "1h": (timedelta(hours=1), Level.MINUTE, MINUTE_S),
    "6h": (timedelta(hours=6), Level.MINUTE, 5 * MINUTE_S),
    "24h": (timedelta(hours=24), Level.QUARTER, QUARTER_S),
    "7d": (timedelta(days=7), Level.HOUR, HOUR_S),
    "30d": (timedelta(days=30), Level.SHIFT, SHIFT_S),
    "90d": (timedelta(days=90), Level.DAY, DAY_S),
}


@dataclass(frozen=True, slots=True)
class Window:
    """A span of time in steps. `starts`: of each step, oldest first; the last one ends at `until`,
    which may lie ahead: it is not over. Steps of days begin at midnight in service.time_zone."""

    name: str  # as in RANGES; empty: chosen freely
    level: Level
    starts: Sequence[datetime]
    until: datetime
    step_s: int

    @property
    def since(self) -> datetime:
        """Where the first step begins."""
        return self.starts[0]

    def step_of(self, at: datetime) -> int:
        """The number of the step in which this is; -1 before all of them."""
        return bisect_right(self.starts, at) - 1


def window(name: str) -> Window:
    """The range of that name up to now, as RANGES has it. Raises Invalid for another name."""
    if name not in RANGES:
        raise Invalid(f"There is no range {name!r}: {', '.join(RANGES)}.")
    length, level, step_s = RANGES[name]
    now = clock.now()
    if level == Level.DAY:
        last = timezone.localdate(now)
        return days(last - length + timedelta(days=1), last, name=name)
    until = _floor(now, step_s) + timedelta(seconds=step_s)
    return _even(name, level, (until - length, until), step_s)


def between(since: datetime, until: datetime) -> Window:
    """Some span of time in about a hundred steps, a little longer on both sides where a step does
    not begin there. Raises Invalid when it is empty or longer than ten years."""
    if until - since > LONGEST:
        raise Invalid("A span of time has ten years at most.")
    if until <= since:
        raise Invalid("The span of time ends before it begins.")
    length, age = until - since, clock.now() - since
    for level, step_s in (
        (Level.MINUTE, MINUTE_S),
        (Level.MINUTE, 5 * MINUTE_S),
        (Level.QUARTER, QUARTER_S),
        (Level.HOUR, HOUR_S),
        (Level.SHIFT, SHIFT_S),
    ):
        if age < KEPT[level] and length <= timedelta(seconds=200 * step_s):
            whole = timedelta(seconds=step_s)
            ends = _floor(since, step_s), _floor(until - timedelta.resolution, step_s) + whole
            return _even("", level, ends, step_s)
    return days(timezone.localdate(since), timezone.localdate(until - timedelta.resolution))


def days(first: date, last: date, *, name: str = "") -> Window:
    """Whole days in service.time_zone, `last` included. Raises Invalid when there is none."""
    if last < first:
        raise Invalid("The span of time ends before it begins.")
    count = (last - first).days + 1
    starts = [day_start(first + timedelta(days=n)) for n in range(count + 1)]
    return Window(name, Level.DAY, starts[:-1], starts[-1], DAY_S)


def day_start(day: date) -> datetime:
    """When the day begins in service.time_zone."""
    midnight = datetime.combine(day, time.min)
    return midnight.replace(tzinfo=timezone.get_default_timezone()).astimezone(UTC)


def start_of(level: Level, at: datetime) -> datetime:
    """Where the minute, hour, ... begins that this is in."""
    if level == Level.EVER:
        return datetime.fromtimestamp(0, UTC)
    if level == Level.DAY:
        return day_start(timezone.localdate(at, timezone.get_default_timezone()))
    return _floor(at, SECONDS.get(level, MINUTE_S))


def _even(name: str, level: Level, ends: tuple[datetime, datetime], step_s: int) -> Window:
    since, until = ends
    count = round((until - since).total_seconds()) // step_s
    starts = [since + timedelta(seconds=step_s * n) for n in range(count)]
    return Window(name, level, starts, until, step_s)


def _floor(at: datetime, step_s: int) -> datetime:
    seconds = int(at.timestamp())
    return datetime.fromtimestamp(seconds - seconds % step_s, UTC)
