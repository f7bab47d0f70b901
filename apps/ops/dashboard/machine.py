"""The machines behind the requests: what processes use, how long queues are, who holds what."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext

from apps.core import clock, config
from apps.ops.dashboard.words import QUEUES
from apps.ops.ledger.selectors import GaugeSeries, Window, queues, resources
from apps.ops.model_keeping.overview import served
from apps.ops.nodes.selectors import NodeSeen, nodes
from apps.ops.nodes.words import state_words
from apps.retrieval.model_files import ModelDamaged
from apps.retrieval.models import EmbeddingGeneration
from apps.retrieval.reader import model_folder as reader_folder

PEAKS = {"oldest_s", "lag"}  # what is shown at its worst


def gauges(window: Window) -> dict[str, list[dict[str, Any]]]:
    """What was measured, step by step: lists as long as the window has steps, None in gaps.

    Two queries.
    """
    return {
        "resources": [_drawn(one, window) for one in resources(window)],
        "queues": [
            _drawn(one, window) | {"label": str(QUEUES.get(one.name, one.name))}
            for one in queues(window)
        ],
    }


def standing() -> dict[str, Any]:
    """Who is there now, and what each holds. A fixed number of queries."""
    found = nodes()
    return {
        "nodes": [_node(node) for node in found],
        "models": [*_builtin_models(found), *_language_models()],
        "now": int(clock.now().timestamp()),
    }


def _drawn(measured: GaugeSeries, window: Window) -> dict[str, Any]:
    steps = {window.step_of(point.start): point for point in measured.points}
    names = sorted({name for point in measured.points for name in point.mean})
    return {
        "of": measured.of,
        "node": measured.node,
        "name": measured.name,
        "mean": {name: _column(len(window.starts), steps, "mean", name) for name in names},
        "most": {
            name: _column(len(window.starts), steps, "most", name)
            for name in names
            if name in PEAKS
        },
    }


def _column(length: int, steps: Mapping[int, Any], which: str, name: str) -> Sequence[float | None]:
    values = (getattr(steps[at], which).get(name) if at in steps else None for at in range(length))
    return [None if value is None else round(value, 4) for value in values]


def _node(node: NodeSeen) -> dict[str, Any]:
    tone, words = state_words(node.state)
    return {
        "name": node.name,
        "tone": tone,
        "state": str(words),
        "versions": ", ".join(node.versions),
        "generation": node.generation,
        "lag": node.lag,
        "requests": node.requests,
        "load": node.load,
        "memory_bytes": node.memory_bytes,
        "processes": [
            {
                "kind": process.kind,
                "host": process.host,
                "pid": process.pid,
                "is_silent": process.is_silent,
                "cpu": process.figures.get("cpu"),
                "memory_bytes": process.figures.get("memory_bytes"),
            }
            for process in node.processes
        ],
    }


def _language_models() -> list[dict[str, Any]]:
    return [
        {
            "name": one.model,
            "role": "language",
            "node": one.node,
            "tone": one.tone,
            "state": str(one.state_words),
            "is_silent": one.is_silent,
            "running": one.figures.get("running"),
            "waiting": one.figures.get("waiting"),
            "memory_bytes": one.plan.get("memory_bytes"),
            "page": reverse("admin:modelhub_model_changelist"),
        }
        for one in served()
    ]


def _builtin_models(found: Sequence[NodeSeen]) -> list[dict[str, Any]]:
    """They run inside the web servers (and workers) of every node."""
    where = ", ".join(node.name for node in found if node.alive)
    used = EmbeddingGeneration.objects.filter(state=EmbeddingGeneration.State.CURRENT)
    page = reverse("admin:retrieval_embeddinggeneration_changelist")
    models = [
        _builtin(one.model_name, "embedding", where, one.model_sha256) | {"page": page}
        for one in used
    ]
    return [*models, *_reader(where)]


def _reader(where: str) -> list[dict[str, Any]]:
    """The one that reads passages; none where reading is switched off."""
    settings = config.load()
    if not settings.retrieval.read:
        return []
    try:
        found = reader_folder.describe(settings.reader_dir)
    except ModelDamaged as error:
        broken = _builtin(settings.reader_dir.name, "reader", where, "")
        return [broken | {"tone": "bad", "state": error.message}]
    return [_builtin(found.name, "reader", where, found.sha256)]


def _builtin(name: str, role: str, node: str, sha256: str) -> dict[str, Any]:
    words = {"tone": "good", "state": gettext("in use")}
    return {"name": name, "role": role, "node": node, "sha256": sha256, "page": "", **words}
