"""Reading the database as it is at one moment, while others go on writing."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction


@contextmanager
def database_snapshot() -> Iterator[None]:
    """Every query of the block sees the same state; the block writes nothing.

    SQLite: a deferred transaction, which in WAL mode holds nobody up (Django's own are immediate:
    they would lock out every writer for as long as the block takes). PostgreSQL: repeatable read.
    """
    if connection.in_atomic_block:  # somebody else's transaction (tests): it must do
        yield
    elif connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("BEGIN DEFERRED")
            try:
                yield
            finally:
                cursor.execute("ROLLBACK")
    else:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
                cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
            yield
