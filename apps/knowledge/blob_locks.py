"""Who stores an original and who removes one take turns, on all nodes, hash by hash.

With PostgreSQL by its advisory locks, which end with the transaction, whatever becomes of who held
them; with SQLite, where there is one machine, by a lock file for all hashes.
"""

import fcntl
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from django.db import DEFAULT_DB_ALIAS, connection, connections, transaction

from apps.core import config

SPACE = 0x0B10B  # of the locks of hashes: the first of the two numbers that name one
REMOVALS = (SPACE + 1, 0)  # held by whoever removes, against who wants that nothing is
SHARED = "SELECT pg_advisory_xact_lock_shared(%s, %s)"
EXCLUSIVE = "SELECT pg_advisory_xact_lock(%s, %s)"
PATIENT = "SET LOCAL idle_in_transaction_session_timeout = 0"  # bytes go elsewhere meanwhile
AT_ONCE = 100  # locks in one transaction: the server's table of them is bounded


@contextmanager
def no_removal(sha256: str) -> Iterator[None]:
    """Nobody removes this original during the block: hold it from `Blob.keep` to the commit of its
    row. With PostgreSQL the block is a transaction."""
    with _locked([sha256], is_shared=True):
        yield


@contextmanager
def removal(hashes: Iterable[str]) -> Iterator[None]:
    """Nobody stores one of these originals during the block: hold it from looking for users to
    `remove`. AT_ONCE hashes at most; with PostgreSQL the block is a transaction."""
    with _locked(hashes, is_shared=False):
        yield


@contextmanager
def nothing_removed() -> Iterator[None]:
    """No original at all is removed during the block; storing goes on. Begin it outside a
    transaction. With PostgreSQL a connection of its own holds the lock."""
    if connection.vendor == "sqlite":
        with _lock_file(fcntl.LOCK_SH):
            yield
        return
    own = connections.create_connection(DEFAULT_DB_ALIAS)
    try:
        own.set_autocommit(False)  # a transaction, to the end of which the lock is held
        with own.cursor() as cursor:
            cursor.execute(PATIENT)
            cursor.execute(EXCLUSIVE, REMOVALS)
        yield
    finally:
        own.close()


@contextmanager
def _locked(hashes: Iterable[str], *, is_shared: bool) -> Iterator[None]:
    if connection.vendor == "sqlite":
        with _lock_file(fcntl.LOCK_SH if is_shared else fcntl.LOCK_EX):
            yield
        return
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(PATIENT)
            if not is_shared:
                cursor.execute(SHARED, REMOVALS)
            for number in sorted({int(sha256[:8], 16) >> 1 for sha256 in hashes}):
                # In one order: no two wait for each other.
                cursor.execute(SHARED if is_shared else EXCLUSIVE, (SPACE, number))
        yield


@contextmanager
def _lock_file(mode: int) -> Iterator[None]:
    folder = config.load().data_dir / "run"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (folder / "originals.lock").open("wb") as file:
        fcntl.flock(file, mode)
        yield
