"""The rows of a snapshot into the tables of this database, all of them or none."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from django.contrib.contenttypes.models import ContentType
from django.db import DataError, IntegrityError, connection, transaction
from django.db.models import Model

from apps.core.errors import Conflict
from apps.ops.backups import schema
from apps.ops.backups.counters import counters_set
from apps.ops.backups.fitting import rows_fit
from apps.ops.backups.pool import ahead
from apps.ops.backups.refusals import BackupDamaged
from apps.ops.backups.repository import Repository
from apps.ops.backups.rows import AnyField, columns_of, rows_of, rows_ready
from apps.ops.backups.snapshots import Shard, Table

AT_ONCE = 500
Report = Callable[[str, int, int], None]


@transaction.atomic
def rows_load(repository: Repository, tables: Sequence[Table], report: Report) -> Counter[str]:
    """Replace everything in the database by these rows, under their keys.

    The tables are as the snapshot's were. Returns what had to be changed to fit, by column. Raises
    BackupDamaged, and Conflict when the database refuses the rows.
    """
    there = schema.models_there()
    models = {schema.label_of(one): one for one in there}
    kept = models.keys() - schema.NOT_KEPT
    if unknown := {table.label for table in tables} - kept:
        raise BackupDamaged(f"The backup has tables that nobody knows: {', '.join(unknown)}.")
    _empty([model for model in there if schema.label_of(model) not in schema.ORIGINALS])
    changed: Counter[str] = Counter()
    total, done = sum(shard.rows for table in tables for shard in table.shards), 0
    try:
        for table, shard, content in _shards(repository, tables):
            columns = _columns(models[table.label], table)
            rows = _fitting(content, shard, columns, changed)
            _insert(models[table.label], columns, rows)
            done += shard.rows
            report("rows", done, total)
        connection.check_constraints()
    except (DataError, IntegrityError) as error:
        told = str(error).splitlines()[0]
        raise Conflict(f"This database does not take the rows of the backup: {told}") from error
    counters_set([models[label] for label in sorted(kept)], _last_keys(tables, models))
    ContentType.objects.clear_cache()
    return changed


def _shards(
    repository: Repository, tables: Sequence[Table]
) -> Iterator[tuple[Table, Shard, bytes]]:
    pairs = ((table, shard) for table in tables for shard in table.shards)
    for (table, shard), content in ahead(lambda pair: repository.get(pair[1].name), pairs):
        yield table, shard, content


def _fitting(
    content: bytes, shard: Shard, columns: Sequence[AnyField], changed: Counter[str]
) -> list[list[Any]]:
    rows = rows_of(content, columns)
    if len(rows) != shard.rows:
        raise BackupDamaged(f"{shard.name} in the backups holds other rows than it should.")
    if connection.vendor != "sqlite":
        rows_fit(rows, columns, changed)
    rows_ready(rows, columns)
    return rows


def _insert(model: type[Model], columns: Sequence[AnyField], rows: Sequence[Sequence[Any]]) -> None:
    quote = connection.ops.quote_name
    names = ", ".join(quote(str(column.column)) for column in columns)
    places = ", ".join(["%s"] * len(columns))
    table = quote(model._meta.db_table)
    statement = f"INSERT INTO {table} ({names}) VALUES ({places})"  # noqa: S608 - names of ours
    with connection.cursor() as cursor:
        for at in range(0, len(rows), AT_ONCE):
            cursor.executemany(statement, rows[at : at + AT_ONCE])


def _columns(model: type[Model], table: Table) -> list[AnyField]:
    by_name: dict[str, Any] = {str(column.column): column for column in columns_of(model)}
    try:
        return [by_name[name] for name in table.columns]
    except KeyError as error:
        raise BackupDamaged(f"{table.label} has no column {error.args[0]}.") from None


def _empty(models: Sequence[type[Model]]) -> None:
    """Of what migrations and a first start put there: the snapshot has it, under other keys."""
    with connection.cursor() as cursor:
        for model in models:
            table = connection.ops.quote_name(model._meta.db_table)
            cursor.execute(f"DELETE FROM {table}")  # noqa: S608 - a name of ours


def _last_keys(tables: Sequence[Table], models: Mapping[str, type[Model]]) -> dict[str, int]:
    return {models[table.label]._meta.db_table: table.last_key for table in tables}
