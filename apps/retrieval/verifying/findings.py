"""What a comparison found: kinds of drift, each with its number and a few examples."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

Progress = Callable[[str, int, int], None]  # what is looked at, how much of it is done, of how much


class Drift(StrEnum):
    """How something differs from what the database says it is."""

    ORPHAN = "orphan"  # there, though nothing in the database asks for it
    MISSING = "missing"  # asked for by the database, not there
    MISPLACED = "misplaced"  # under another collection, document or version: it would be a leak
    DIFFERING = "differing"  # there, with another content
    STALE = "stale"  # of an embedding model that nobody keeps
    CORRUPT = "corrupt"  # not what was once written


class Place(StrEnum):
    """Where it differs."""

    VECTORS = "vectors"  # in the database
    SEGMENTS = "segments"  # rows and vectors of the index
    MILVUS = "milvus"  # vectors that all nodes share
    WORDS = "words"  # of the index
    FILES = "files"  # of the index
    TEXTS = "texts"  # chunks, and the pages they were cut from
    ORIGINALS = "originals"  # uploaded files


@dataclass(frozen=True, slots=True)
class Finding:
    """`count` things of one kind in one place; `examples` names the first of them."""

    place: Place
    drift: Drift
    count: int
    examples: tuple[str, ...]


@dataclass(slots=True)
class Findings:
    """Gathers what differs. Memory grows with the versions concerned, not with the examples."""

    examples_wanted: int = 5
    _counts: Counter[tuple[Place, Drift]] = field(default_factory=Counter)
    _examples: dict[tuple[Place, Drift], list[str]] = field(default_factory=dict)

    def add(self, place: Place, drift: Drift, examples: Iterable[str], count: int = 0) -> None:
        """Note these things; `count` where there are more of them than examples."""
        given = list(examples)
        if not (count := count or len(given)):
            return
        self._counts[place, drift] += count
        known = self._examples.setdefault((place, drift), [])
        known += given[: self.examples_wanted - len(known)]

    def all(self) -> tuple[Finding, ...]:
        """What was noted, in the order of Place and Drift."""
        order = [(place, drift) for place in Place for drift in Drift]
        return tuple(
            Finding(*key, self._counts[key], tuple(self._examples[key]))
            for key in order
            if self._counts[key]
        )


def total(findings: Iterable[Finding], drift: Drift) -> int:
    """How many things of this kind there are, in all places."""
    return sum(finding.count for finding in findings if finding.drift is drift)


def to_json(findings: Sequence[Finding]) -> list[dict[str, Any]]:
    """For machines, and to be stored."""
    return [asdict(finding) for finding in findings]


def nothing_shown(what: str, done: int, of: int) -> None:
    """The Progress of who does not look."""
