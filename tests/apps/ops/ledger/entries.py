"""Requests as the middleware would hand them to the ledger."""

import time
from datetime import datetime

from apps.core import clock
from apps.ops.ledger.recording import Entry
from apps.ops.ledger.writing import Writer
from apps.ops.models import RequestRecord


def entry(at: datetime | None = None, *, up=0, down=0, **fields) -> Entry:
    """A request that was begun at that time; answered in 100 ms unless told otherwise."""
    told = {"surface": "api", "kind": "ask", "outcome": "answered", "node": "n1", "total_ms": 100.0}
    ago = (clock.now() - at).total_seconds() if at else 0.0
    return Entry(RequestRecord(**told | fields), time.perf_counter() - ago, up, down)


def write(*entries: Entry) -> None:
    """Put them into the ledger, as one batch."""
    writer = Writer()
    writer._is_waited_for.set()  # nobody else is to write them
    for one in entries:
        writer.note(one)
    writer.flush()
