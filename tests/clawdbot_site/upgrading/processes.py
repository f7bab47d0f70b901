"""Rows that other nodes' processes would write."""

from datetime import datetime

from apps.core import clock
from apps.core.node_records import NodeProcess


def process_report(node: str, *, version: str, seen_at: datetime | None = None) -> None:
    """A web server of that node, ready and heard of just now."""
    now = clock.now()
    NodeProcess.objects.create(
        node=node,
        kind="web",
        host=node,
        pid=1,
        state=NodeProcess.State.READY,
        started_at=now,
        seen_at=seen_at or now,
        version=version,
    )
