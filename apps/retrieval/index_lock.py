"""The right to write a node's index: one process at a time, given back by a crash too."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager

from apps.retrieval.index_files import root


@contextmanager
def write_lock() -> Iterator[bool]:
    """Whether the right was free and is now held, until the block ends. Never waits."""
    root().mkdir(parents=True, exist_ok=True)
    with (root() / "writer.lock").open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
            return
        yield True
