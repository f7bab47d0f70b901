"""The installation in one object: what was asked of it, how it did, who is there, what waits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from apps.core.metering import Kind, Outcome
from apps.ops.anomalies.selectors import UNSETTLED
from apps.ops.ledger.figures import COUNTS
from apps.ops.ledger.selectors import Latency, Totals, queues, totals, window
from apps.ops.ledger.windows import Window
from apps.ops.models import Anomaly
from apps.ops.nodes.selectors import NodeSeen, nodes


@dataclass(frozen=True, slots=True)
class Summary:
    """`requests` of all kinds; `questions` those of kind ask. `queues`: as last measured."""

    window: Window
    requests: Totals
    questions: Totals
    nodes: Sequence[NodeSeen]
    queues: Mapping[str, Mapping[str, float]]
    open_anomalies: int

    def as_json(self) -> dict[str, Any]:
        """For machines."""
        return {
            "range": self.window.name,
            "since": self.window.since,
            "until": self.window.until,
            "requests": _totals(self.requests),
            "questions": _totals(self.questions),
            "nodes": [
                {"name": node.name, "state": str(node.state), "lag": node.lag, "load": node.load}
                for node in self.nodes
            ],
            "queues": self.queues,
            "open_anomalies": self.open_anomalies,
        }


def summary(range_name: str) -> Summary:
    """Of the range (windows.RANGES) up to now. The same few queries however much was asked.

    Raises Invalid for another name.
    """
    shown = window(range_name)
    return Summary(
        window=shown,
        requests=totals(shown),
        questions=totals(shown, kind=Kind.ASK),
        nodes=nodes(),
        queues={one.name: one.points[-1].mean for one in queues(window("15m"))},
        open_anomalies=Anomaly.objects.filter(state__in=UNSETTLED).count(),
    )


def _totals(found: Totals) -> dict[str, Any]:
    return {
        "asked": found.asked,
        **{name: getattr(found, name) for name in (*map(str, Outcome), *COUNTS)},
        "success_rate": found.success_rate,
        "answered_rate": found.answered_rate,
        "total_ms": _latency(found.total),
        "stages_ms": {name: _latency(one) for name, one in found.stages.items()},
    }


def _latency(one: Latency) -> dict[str, float | int | None]:
    return {
        "count": one.count,
        "mean": one.mean_ms,
        "p50": one.p50_ms,
        "p95": one.p95_ms,
        "p99": one.p99_ms,
    }
