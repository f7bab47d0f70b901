"""What the ledger's selectors tell."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from apps.ops.ledger.windows import Window


@dataclass(frozen=True, slots=True)
class Latency:
    """How long something took, in milliseconds, `count` times. None: it was never timed.

    Quantiles are off by 5 % at most.
    """

    count: int
    mean_ms: float | None
    p50_ms: float | None
    p95_ms: float | None
    p99_ms: float | None


@dataclass(frozen=True, slots=True)
class Totals:
    """Figures of some requests. `asked`: all of them; `answered` ... `cancelled`: what became of
    them. Tokens are those of language models; `tokens_encoded`: read by embedding models and
    rerankers for programs. Times are those of answered, not_found and done, without kind other.
    `lost`: requests that could not be written down and are in no other figure. `stages`: by TIMES
    without the total. `aside`: how many failed and how many were served of kind other."""

    asked: int
    answered: int
    not_found: int
    done: int
    refused: int
    denied: int
    failed: int
    cancelled: int
    up: int
    down: int
    tokens_in: int
    tokens_cached: int
    tokens_out: int
    tokens_encoded: int
    lost: int
    total: Latency
    stages: Mapping[str, Latency]
    aside: tuple[int, int] = (0, 0)

    @property
    def success_rate(self) -> float | None:
        """Share of what was served, and not failed, 0..1; None: nothing was. Who left, was refused
        or had no right to it does not count, nor does kind other."""
        served = self.answered + self.not_found + self.done - self.aside[1]
        failed = self.failed - self.aside[0]
        return served / (served + failed) if served + failed else None

    @property
    def answered_rate(self) -> float | None:
        """Share of the questions with an answer that found one in the documents; None: none."""
        ended = self.answered + self.not_found
        return self.answered / ended if ended else None


@dataclass(frozen=True, slots=True)
class Step:
    """The figures of one step of a window."""

    start: datetime
    figures: Totals


@dataclass(frozen=True, slots=True)
class Series:
    """The figures of all steps of a window, oldest first, those without requests too; and of all
    of them together."""

    window: Window
    steps: Sequence[Step]
    total: Totals


@dataclass(frozen=True, slots=True)
class RowFilter:
    """Which requests are meant; what is empty does not narrow. `since` and `until`: within the
    window, of its beginning."""

    surface: str = ""
    kind: str = ""
    node: str = ""
    outcome: str = ""
    code: str = ""
    user: int | None = None
    key: int | None = None
    document: str = ""
    since: datetime | None = None
    until: datetime | None = None
    at_least_ms: float | None = None
    is_injection: bool | None = None


@dataclass(frozen=True, slots=True)
class GaugePoint:
    """What was measured in one step; means, by name. `most`: the greatest of each."""

    start: datetime
    mean: Mapping[str, float]
    least: Mapping[str, float]
    most: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class GaugeSeries:
    """Of one process kind, machine, queue or index (`of`: LedgerGauge.Of); steps without
    measurement are left out.

    Process: cpu (1: one core), memory_bytes, processes. Machine: load (1: all cores), memory_bytes,
    memory_total_bytes, disk_free_bytes, disk_total_bytes, and with a GPU gpu (0..1),
    gpu_memory_bytes, gpu_memory_total_bytes. Queue: waiting, running, oldest_s, done_per_hour,
    failed. Index: lag, generation.
    """

    of: str
    node: str
    name: str
    points: Sequence[GaugePoint]
