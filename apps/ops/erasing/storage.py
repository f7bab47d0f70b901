"""Wiping what a database keeps of deleted rows: free pages, write-ahead log, dead tuples."""

from django.apps import apps
from django.db import connection


def wipe() -> bool:
    """Leave no deleted row in the database's own files; False while a reader is in the way.

    SQLite: connections overwrite what they delete (`secure_delete`), here the write-ahead log is
    written back and emptied. PostgreSQL: the tables are vacuumed, so that the space of dead rows
    is used again; its write-ahead log is for its administrator to keep or to recycle.
    """
    if connection.in_atomic_block:
        return True  # a test's transaction: nothing of it will ever be on the disk
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            is_busy, _, _ = cursor.fetchone()
        return not is_busy
    with connection.cursor() as cursor:
        for model in apps.get_models():
            cursor.execute(f"VACUUM {connection.ops.quote_name(model._meta.db_table)}")
    return True
