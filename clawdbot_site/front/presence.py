"""Whether a balancer works in a folder: it holds a lock, which the kernel takes from who dies."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from clawdbot_site.front.layout import Front, make_folder


class Taken(Exception):
    """Another balancer works in the folder; the message says so."""


@contextmanager
def held(front: Front) -> Iterator[None]:
    """Be the folder's balancer for the block. Raises Taken."""
    make_folder(front.run)
    with _lock_of(front).open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Taken(f"a balancer works in {front.folder} already: stop it first") from None
        yield


def is_running(front: Front) -> bool:
    """Whether the folder has a balancer now. Raises OSError where that cannot be told."""
    try:
        with _lock_of(front).open() as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except FileNotFoundError:
        return False
    return False


def _lock_of(front: Front) -> Path:
    return front.run / "balancer.lock"
