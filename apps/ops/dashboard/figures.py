"""The figures of a span of time as the page draws them: a list for each line of a chart."""

from collections.abc import Mapping, Sequence
from typing import Any

from apps.core.metering import Outcome, Stage
from apps.ops.dashboard.asked import Asked
from apps.ops.ledger.figures import COUNTS as OTHERS
from apps.ops.ledger.selectors import Latency, Series, Totals, series

TIMES = ("mean_ms", "p50_ms", "p95_ms", "p99_ms")
COUNTS = (*map(str, Outcome), *OTHERS)


def figures(asked: Asked) -> dict[str, Any]:
    """All figures of the requests; times in milliseconds, moments in seconds since 1970.

    Costs a fixed number of queries and the same time however many requests there were.
    """
    found = series_of(asked)
    return {
        "starts": [int(step.start.timestamp()) for step in found.steps],
        "until": int(asked.window.until.timestamp()),
        "step_s": asked.window.step_s,
        "counts": {name: _counts(found, name) for name in COUNTS},
        "total": _times([step.figures.total for step in found.steps]),
        "first_token": _times([step.figures.stages["first_token"] for step in found.steps]),
        "stages": {
            str(stage): _times([step.figures.stages[stage] for step in found.steps])
            for stage in Stage
        },
        "sum": sums(found.total),
    }


def series_of(asked: Asked) -> Series:
    """The ledger's figures of each step."""
    return series(
        asked.window,
        surface=asked.surface or None,
        kind=asked.kind or None,
        node=asked.node or None,
    )


def sums(total: Totals) -> dict[str, Any]:
    """The figures of the whole span."""
    return {
        "asked": total.asked,
        "success_rate": total.success_rate,
        "answered_rate": total.answered_rate,
        **{name: getattr(total, name) for name in COUNTS},
        "total": latency(total.total),
        "stages": {name: latency(one) for name, one in total.stages.items()},
    }


def latency(times: Latency) -> dict[str, Any]:
    """How often, and the times to a tenth of a millisecond."""
    return {"count": times.count, **{name: _rounded(getattr(times, name)) for name in TIMES}}


def _counts(found: Series, name: str) -> list[int]:
    return [getattr(step.figures, name) for step in found.steps]


def _times(steps: Sequence[Latency]) -> Mapping[str, list[float | None]]:
    return {name: [_rounded(getattr(step, name)) for step in steps] for name in TIMES}


def _rounded(ms: float | None) -> float | None:
    return None if ms is None else round(ms, 1)
