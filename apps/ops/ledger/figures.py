"""Figures of many requests that can be added up: counts, and histograms of how long things took.

A histogram has fixed buckets that grow by 10 % (24 to a factor of ten), so those of any minutes,
nodes and processes add up without loss. A quantile read from one is off by 5 % at most, from 0.1 ms
to 2.7 hours; what is faster counts as 0.1 ms.
"""

import math
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from itertools import accumulate
from typing import Any, Self

from apps.core.metering import Outcome, Stage

PER_DECADE, LEAST_MS, LAST = 24, 0.1, 192
TOTAL, FIRST_TOKEN = "total", "first_token"
TIMES = (*(str(stage) for stage in Stage), FIRST_TOKEN, TOTAL)
# What was served: only these requests' times count, a refusal is quick and a failure slow.
SERVED = frozenset({Outcome.ANSWERED, Outcome.NOT_FOUND, Outcome.DONE})
# Of kind other: failed, served. They are no part of the success rate.
ASIDE = ("aside_failed", "aside_served")
# Tokens are those of language models; encoded: read by embedding models and rerankers for programs.
COUNTS = ("up", "down", "tokens_in", "tokens_cached", "tokens_out", "tokens_encoded", "lost")


def bucket(ms: float) -> int:
    """The number of the bucket in which so many milliseconds are counted."""
    if ms <= LEAST_MS:
        return 0
    return min(LAST, math.ceil(PER_DECADE * math.log10(ms / LEAST_MS) - 1e-9))


@cache
def bound_ms(number: int) -> float:
    """The most that is counted in the bucket."""
    return float(LEAST_MS * 10 ** (number / PER_DECADE))


@cache
def value_ms(number: int) -> float:
    """What stands for all that is counted in the bucket: within 5 % of each of them."""
    return bound_ms(number) / 10 ** (0.5 / PER_DECADE) if number else LEAST_MS


@dataclass(slots=True)
class Histogram:
    """How often it took how long."""

    sum_ms: float = 0.0
    counts: dict[int, int] = field(default_factory=dict)  # by number of bucket

    @property
    def count(self) -> int:
        """How many were timed."""
        return sum(self.counts.values())

    def note(self, ms: float) -> None:
        """One more took so long."""
        number = bucket(ms)
        self.sum_ms += ms
        self.counts[number] = self.counts.get(number, 0) + 1

    def add(self, sum_ms: float, counts: Iterable[tuple[int, int]]) -> None:
        """Add another one's."""
        self.sum_ms += sum_ms
        mine = self.counts
        for number, count in counts:
            mine[number] = mine.get(number, 0) + count

    def quantiles(self, *shares: float) -> list[float]:
        """Milliseconds within which such shares of them were done (nearest rank); 0 of none."""
        ordered = sorted(self.counts.items())
        within = list(accumulate(count for _, count in ordered))
        if not within:
            return [0.0] * len(shares)
        ranks = (max(1, math.ceil(share * within[-1])) for share in shares)
        return [value_ms(ordered[bisect_left(within, rank)][0]) for rank in ranks]


@dataclass(slots=True)
class Figures:
    """Of some requests. `counts`: by outcome, and COUNTS; `times`: by TIMES, of what was served."""

    counts: dict[str, int] = field(default_factory=dict)
    times: dict[str, Histogram] = field(default_factory=dict)

    def count(self, name: str, more: int = 1) -> None:
        """Add to a count."""
        if more:
            self.counts[name] = self.counts.get(name, 0) + more

    def time(self, name: str, ms: float | None) -> None:
        """One more time; None: there was none."""
        if ms is not None:
            self.times.setdefault(name, Histogram()).note(ms)

    def add(self, other: Self) -> None:
        """Add another one's."""
        for name, count in other.counts.items():
            self.count(name, count)
        for name, histogram in other.times.items():
            mine = self.times.setdefault(name, Histogram())
            mine.add(histogram.sum_ms, histogram.counts.items())

    def add_json(self, told: Mapping[str, Any]) -> None:
        """Add what `as_json` told."""
        for name, count in told["counts"].items():
            self.count(name, count)
        for name, (sum_ms, counts) in told["times"].items():
            mine = self.times.setdefault(name, Histogram())
            mine.add(sum_ms, ((int(number), count) for number, count in counts.items()))

    def as_json(self) -> dict[str, Any]:
        """For the database."""
        return {
            "counts": {name: count for name, count in self.counts.items() if count},
            "times": {
                name: [round(histogram.sum_ms, 3), histogram.counts]
                for name, histogram in self.times.items()
            },
        }
