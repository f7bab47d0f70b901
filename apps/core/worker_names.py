"""Who holds a row that one worker at a time works on: names that tell whether it died here."""

import os
import socket
import uuid
from datetime import datetime

import psutil

from apps.core import clock


def worker_name() -> str:
    """A new name, `host:process:random`. A host, not a node: each container counts for itself."""
    return f"{socket.gethostname()}:{os.getpid()}:{uuid.uuid4().hex[:8]}"


def died_here(worker: str) -> bool:
    """Whether the worker of that name was a process of this host, and is none any more.

    False where that is not known: a process of another host may live, and so may one that has
    got the number of a dead one. Its lease ends all the same.
    """
    host, _sep, rest = worker.partition(":")
    process = rest.partition(":")[0]
    return host == socket.gethostname() and process.isdecimal() and not _is_alive(int(process))


def is_given_up(worker: str, lease_until: datetime | None) -> bool:
    """Whether the worker of that name holds its row no more: silent for too long, or died here."""
    return lease_until is None or lease_until < clock.now() or died_here(worker)


def _is_alive(process: int) -> bool:
    return bool(psutil.pid_exists(process))
