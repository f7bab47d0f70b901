"""Of all nodes one brings the tables up to date; the others wait."""

import fcntl
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import connection

from apps.core import config

LOCK = (0x0B10D, 0)  # of PostgreSQL's advisory locks; blobs have the two before
POLL_S = 0.5
Tell = Callable[[str], None]
WAITING = "another node is changing the tables; waiting for it"


@contextmanager
def tables_held(tell: Tell) -> Iterator[None]:
    """Hold the tables' changes for the block. Waits for another holder without end, and says so.

    Ends with the process, however that comes about. In PostgreSQL it is the session's: connect
    directly, or through a pooler that keeps sessions.
    """
    if connection.vendor == "postgresql":
        with _session_lock(tell):
            yield
    else:
        with _file_lock(tell):
            yield


@contextmanager
def _session_lock(tell: Tell) -> Iterator[None]:
    _wait_until(lambda: _asked("SELECT pg_try_advisory_lock(%s, %s)"), tell)
    try:
        yield
    finally:
        _asked("SELECT pg_advisory_unlock(%s, %s)")


def _asked(statement: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(statement, LOCK)
        return bool(cursor.fetchone()[0])


@contextmanager
def _file_lock(tell: Tell) -> Iterator[None]:
    path = config.load().data_dir / "run" / "tables.lock"
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with path.open("w") as file:
        _wait_until(lambda: _is_taken(file.fileno()), tell)
        yield


def _is_taken(file: int) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _wait_until(is_mine: Callable[[], bool], tell: Tell) -> None:
    if is_mine():
        return
    tell(WAITING)
    while not is_mine():
        time.sleep(POLL_S)
