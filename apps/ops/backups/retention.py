"""Which snapshots are kept: the last one of each of so many days, weeks and months."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Retention:
    """How many days, weeks (of ISO 8601) and months with a snapshot count."""

    daily: int
    weekly: int
    monthly: int


def kept(snapshots: Mapping[str, datetime], retention: Retention) -> frozenset[str]:
    """The names to keep, of names with the time they were taken. The newest is always kept."""
    newest_first = sorted(snapshots, key=lambda name: (snapshots[name], name), reverse=True)
    keep = set(newest_first[:1])
    periods: tuple[tuple[int, Callable[[datetime], object]], ...] = (
        (retention.daily, lambda taken: taken.date()),
        (retention.weekly, lambda taken: taken.isocalendar()[:2]),
        (retention.monthly, lambda taken: (taken.year, taken.month)),
    )
    for count, period in periods:
        last: dict[object, str] = {}
        for name in newest_first:
            last.setdefault(period(snapshots[name]), name)
        keep.update(list(last.values())[:count])
    return frozenset(keep)
