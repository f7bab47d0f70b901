"""Which model is held where, how it was planned and why: for status, doctor, the admin's home."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from apps.core import clock, config
from apps.modelhub.models import Model, ModelServer
from apps.modelhub.selectors import FRESH
from apps.ops.model_keeping.servers import State

HELD = frozenset({State.READY, State.LOADING})
TONES = {
    State.READY: "good", State.LOADING: "busy", State.WANTED: "busy", State.FAILED: "bad",
    State.REFUSED: "bad", State.STOPPED: "quiet",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Served:
    """A model on a node. `is_silent`: its keeper is not heard of, so nothing of it is sure."""

    model: str
    node: str
    state: str
    state_words: Any  # lazily translated
    tone: str
    is_silent: bool
    is_pinned: bool
    url: str
    reason: str
    plan: dict[str, Any] = field(default_factory=dict)
    figures: dict[str, Any] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """For machines."""
        return asdict(self) | {"state_words": str(self.state_words)}


def served() -> Sequence[Served]:
    """Those of all nodes, by model and node; also what a node held that has fallen silent."""
    rows = ModelServer.objects.select_related("model").order_by("model__name", "node")
    return [_served(row) for row in rows]


def unknown_names() -> Sequence[str]:
    """Models that serving.models names and nobody has added."""
    names = config.load().serving.models
    known = set(Model.objects.filter(name__in=names).values_list("name", flat=True))
    return [name for name in names if name not in known]


def _served(row: ModelServer) -> Served:
    is_silent = row.state in HELD | {State.WANTED} and (
        row.seen_at is None or clock.now() - row.seen_at > FRESH
    )
    kept = row.state in HELD
    return Served(
        model=row.model.name,
        node=row.node,
        state=row.state,
        state_words=row.get_state_display(),
        tone="warn" if is_silent else TONES[State(row.state)],
        is_silent=is_silent,
        is_pinned=row.is_pinned or row.model.name in config.load().serving.models,
        url=row.url,
        reason=row.reason,
        plan=row.plan if kept else {},
        figures=row.figures if kept else {},
    )
