"""What processes of nodes told of themselves, as rows."""

from datetime import timedelta
from typing import Any

from apps.core import clock
from apps.core.models import NodeProcess
from apps.core.version import VERSION


def told(node: str = "n1", kind: str = "web", *, silent_s: float = 0, **values: Any) -> NodeProcess:
    """A ready process, unless `values` say otherwise, that told of itself so long ago."""
    seen_at = clock.now() - timedelta(seconds=silent_s)
    standing = {
        "host": node, "pid": 1, "state": NodeProcess.State.READY, "version": VERSION,
        "started_at": seen_at, "key_fingerprint": "k",
    }  # fmt: skip
    return NodeProcess.objects.create(node=node, kind=kind, seen_at=seen_at, **standing | values)
