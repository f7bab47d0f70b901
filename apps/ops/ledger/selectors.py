"""What the ledger tells: figures by step of time, their totals, single requests, gauges.

Figures come from rollups and from what was written since: they are true to the second, and cost the
same however many requests there were. Only figures of one key are read from the requests.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from apps.core.metering import Outcome
from apps.ops.ledger.counting import counted
from apps.ops.ledger.figures import TIMES, TOTAL, Figures, Histogram
from apps.ops.ledger.windows import Window, between, days, window
from apps.ops.ledger_records import LedgerGauge, LedgerRollup, Level, RequestRecord

__all__ = [
    "GaugePoint",
    "GaugeSeries",
    "Latency",
    "RowFilter",
    "Series",
    "Step",
    "Totals",
    "Window",
    "between",
    "days",
    "queues",
    "resources",
    "rows",
    "series",
    "totals",
    "window",
]


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
    them. Times are those of answered, not_found and done. `lost`: requests that could not be
    written down and are in no other figure. `stages`: by TIMES without the total."""

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
    lost: int
    total: Latency
    stages: Mapping[str, Latency]

    @property
    def success_rate(self) -> float | None:
        """Share of what was served, and not failed, 0..1; None: nothing was. Who left, was refused
        or had no right to it does not count."""
        served = self.answered + self.not_found + self.done
        return served / (served + self.failed) if served + self.failed else None

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


def series(
    window: Window,
    *,
    surface: str | None = None,
    kind: str | None = None,
    node: str | None = None,
    key: int | None = None,
) -> Series:
    """The figures of each step. Two queries; with `key` one, which reads its requests."""
    steps = [Figures() for _ in window.starts]
    narrowing = {"surface": surface, "kind": kind, "node": node}
    found = _of_key(window, key, narrowing) if key is not None else _rolled(window, narrowing)
    for start, figures in found:
        if (at := window.step_of(start)) >= 0:
            _add(steps[at], figures)
    told = [Step(start, _told(one)) for start, one in zip(window.starts, steps, strict=True)]
    total = Figures()
    for one in steps:
        total.add(one)
    return Series(window, told, _told(total))


def totals(
    window: Window,
    *,
    surface: str | None = None,
    kind: str | None = None,
    node: str | None = None,
    key: int | None = None,
) -> Totals:
    """The figures of the whole window. Costs as much as `series`, which tells them, too."""
    figures = Figures()
    narrowing = {"surface": surface, "kind": kind, "node": node}
    found = _of_key(window, key, narrowing) if key is not None else _rolled(window, narrowing)
    for _, some in found:
        _add(figures, some)
    return _told(figures)


def rows(
    window: Window, filters: RowFilter, *, limit: int = 100, before: int | None = None
) -> list[RequestRecord]:
    """Requests of the window, newest first; `before`: those after the row of this id in that order.

    They are kept for ledger.keep_days only. Two queries at most.
    """
    found = rows_matching(window, filters)
    if before is not None:
        last = RequestRecord.objects.filter(pk=before).values_list("at", flat=True).first()
        if last is None:
            return []
        found = found.filter(Q(at__lt=last) | Q(at=last, id__lt=before))
    return list(found.order_by("-at", "-id")[:limit])


def rows_matching(window: Window, filters: RowFilter) -> QuerySet[RequestRecord]:
    """The same as a query, in no order."""
    since, until = filters.since or window.since, filters.until or window.until
    found = RequestRecord.objects.filter(
        at__gte=max(since, window.since), at__lt=min(until, window.until)
    )
    exact = {
        "surface": filters.surface or None,
        "kind": filters.kind or None,
        "node": filters.node or None,
        "outcome": filters.outcome or None,
        "code": filters.code or None,
        "user_id": filters.user,
        "key_id": filters.key,
        "document": filters.document or None,
        "total_ms__gte": filters.at_least_ms,
        "is_injection": filters.is_injection,
    }
    return found.filter(**{name: value for name, value in exact.items() if value is not None})


def resources(window: Window) -> list[GaugeSeries]:
    """Processes, machines and indexes of all nodes, by node and name. One query."""
    of = LedgerGauge.Of
    return _gauges(window, [of.PROCESS, of.MACHINE, of.INDEX])


def queues(window: Window) -> list[GaugeSeries]:
    """The queues of ingest, by stage. One query."""
    return _gauges(window, [LedgerGauge.Of.QUEUE])


def _rolled(
    window: Window, narrowing: Mapping[str, str | None]
) -> Iterable[tuple[datetime, Mapping[str, Any]]]:
    """From the rows of the level, and those that are not in them yet."""
    given = {name: value for name, value in narrowing.items() if value}
    if set(given) <= {"kind"}:  # such sums are kept
        dimensions = Q(surface="", node="", kind=given.get("kind", ""))
    else:
        dimensions = Q(**given) & ~Q(surface="") & ~Q(node="")
    within = LedgerRollup.objects.filter(start__gte=window.since, start__lt=window.until)
    rolled = within.filter(dimensions, level=window.level)
    pending = within.filter(level=Level.PENDING, **given)
    return [*rolled.values_list("start", "figures"), *pending.values_list("start", "figures")]


def _of_key(
    window: Window, key: int, narrowing: Mapping[str, str | None]
) -> Iterable[tuple[datetime, Figures]]:
    given = {name: value or "" for name, value in narrowing.items()}
    filters = RowFilter(key=key, surface=given["surface"], kind=given["kind"], node=given["node"])
    for record in rows_matching(window, filters).iterator(chunk_size=2000):
        yield record.at, counted(record)


def _add(figures: Figures, more: Figures | Mapping[str, Any]) -> None:
    if isinstance(more, Figures):
        figures.add(more)
    else:
        figures.add_json(more)


def _told(figures: Figures) -> Totals:
    counts = figures.counts
    outcomes = {str(outcome): counts.get(outcome, 0) for outcome in Outcome}
    others = ("up", "down", "tokens_in", "tokens_cached", "tokens_out", "lost")
    return Totals(
        asked=sum(outcomes.values()),
        **outcomes,
        **{name: counts.get(name, 0) for name in others},
        total=_latency(figures.times.get(TOTAL)),
        stages={name: _latency(figures.times.get(name)) for name in TIMES if name != TOTAL},
    )


def _latency(histogram: Histogram | None) -> Latency:
    if histogram is None:
        return Latency(0, None, None, None, None)
    count = histogram.count
    p50, p95, p99 = histogram.quantiles(0.5, 0.95, 0.99)
    return Latency(count, histogram.sum_ms / count if count else None, p50, p95, p99)


def _gauges(window: Window, of: Sequence[str]) -> list[GaugeSeries]:
    found: defaultdict[tuple[str, str, str], dict[int, list[dict[str, list[float]]]]]
    found = defaultdict(lambda: defaultdict(list))
    kept = LedgerGauge.objects.filter(
        level=window.level, of__in=of, start__gte=window.since, start__lt=window.until
    )
    for row in kept.order_by("of", "node", "name", "start"):
        found[row.of, row.node, row.name][window.step_of(row.start)].append(row.figures)
    return [
        GaugeSeries(*key, [_point(window.starts[at], some) for at, some in sorted(steps.items())])
        for key, steps in found.items()
    ]


def _point(start: datetime, rows: Sequence[Mapping[str, Sequence[float]]]) -> GaugePoint:
    """Each figure of a row: its sum, least, most, and how often it was measured."""
    names = {name for row in rows for name in row}
    measured = {name: [row[name] for row in rows if name in row] for name in sorted(names)}
    return GaugePoint(
        start,
        mean={
            name: sum(one[0] for one in some) / max(1, sum(one[3] for one in some))
            for name, some in measured.items()
        },
        least={name: min(one[1] for one in some) for name, some in measured.items()},
        most={name: max(one[2] for one in some) for name, some in measured.items()},
    )
