"""The highest key that a table ever gave: a key is never given twice, also after a restore.

Receipts and the change sequence name versions by key beyond their rows' lives.
"""

from collections.abc import Mapping, Sequence

from django.core.management.color import no_style
from django.db import connection
from django.db.models import AutoField, Model


def last_keys(models: Sequence[type[Model]]) -> dict[str, int]:
    """By table; tables without a counter are left out."""
    counted = [model for model in models if isinstance(model._meta.pk, AutoField)]
    tables = {model._meta.db_table for model in counted}
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name, seq FROM sqlite_sequence")
            return {name: int(seq) for name, seq in cursor.fetchall() if name in tables}
        found = {}
        for model in counted:
            if sequence := _sequence_of(model):
                given = "CASE WHEN is_called THEN last_value ELSE 0 END"
                cursor.execute(f"SELECT {given} FROM {sequence}")  # noqa: S608 - the catalog's name
                found[model._meta.db_table] = int(cursor.fetchone()[0])
        return found


def counters_set(models: Sequence[type[Model]], last: Mapping[str, int]) -> None:
    """Have every table count on from its highest key, or from `last` where that is higher."""
    counted = [model for model in models if isinstance(model._meta.pk, AutoField)]
    with connection.cursor() as cursor:
        if connection.vendor != "sqlite":
            for statement in connection.ops.sequence_reset_sql(no_style(), list(models)):
                cursor.execute(statement)
        for model in counted:
            if not (key := last.get(model._meta.db_table, 0)):
                continue
            if connection.vendor == "sqlite":
                _count_on_sqlite(model._meta.db_table, key)
            elif sequence := _sequence_of(model):
                last_value = f"(SELECT last_value FROM {sequence})"  # noqa: S608 - as above
                cursor.execute(f"SELECT setval(%s, GREATEST(%s, {last_value}))", [sequence, key])


def _sequence_of(model: type[Model]) -> str:
    """The name of PostgreSQL's sequence, quoted; empty when there is none."""
    key = model._meta.pk
    with connection.cursor() as cursor:
        table = connection.ops.quote_name(model._meta.db_table)
        cursor.execute("SELECT pg_get_serial_sequence(%s, %s)", [table, key.column])
        return str(cursor.fetchone()[0] or "")


def _count_on_sqlite(table: str, key: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE sqlite_sequence SET seq = MAX(seq, %s) WHERE name = %s", [key, table]
        )
        if not cursor.rowcount:
            cursor.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table, key])
