"""What the ledger tells: figures by step of time, their totals, single requests, gauges.

Figures come from rollups and from what was written since: they are true to the second, and cost the
same however many requests there were. Only figures of one key are read from the requests.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from apps.core.metering import Outcome
from apps.ops.ledger.counting import counted
from apps.ops.ledger.figures import ASIDE, COUNTS, TIMES, TOTAL, Figures, Histogram
from apps.ops.ledger.measured import queues, resources
from apps.ops.ledger.shapes import (
    GaugePoint,
    GaugeSeries,
    Latency,
    RowFilter,
    Series,
    Step,
    Totals,
)
from apps.ops.ledger.windows import Window, between, days, window
from apps.ops.ledger_records import LedgerRollup, Level, RequestRecord

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
    return Totals(
        asked=sum(outcomes.values()),
        **outcomes,
        **{name: counts.get(name, 0) for name in COUNTS},
        total=_latency(figures.times.get(TOTAL)),
        stages={name: _latency(figures.times.get(name)) for name in TIMES if name != TOTAL},
        aside=(counts.get(ASIDE[0], 0), counts.get(ASIDE[1], 0)),
    )


def _latency(histogram: Histogram | None) -> Latency:
    if histogram is None:
        return Latency(0, None, None, None, None)
    count = histogram.count
    p50, p95, p99 = histogram.quantiles(0.5, 0.95, 0.99)
    return Latency(count, histogram.sum_ms / count if count else None, p50, p95, p99)
