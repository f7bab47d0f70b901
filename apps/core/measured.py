"""Figures that one part of the program measures and another one tells, unknown to each other."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Measured:
    """One figure: of what, which, how much (0..1), between which bounds if known, when."""

    of: str
    name: str
    value: float
    low: float | None
    high: float | None
    at: datetime


Source = Callable[[datetime, datetime], Sequence[Measured]]
_sources: dict[str, Source] = {}


def register(name: str, source: Source) -> None:
    """Ask this one, too: for what was measured between two times, the newest figures of each."""
    _sources[name] = source


def measured(since: datetime, until: datetime) -> list[Measured]:
    """What all sources measured between these times, in their order."""
    return [one for source in _sources.values() for one in source(since, until)]
