"""Rows of a table as bytes that no database needs, and back.

A shard: the length of what follows as JSON (8 bytes, big-endian), the rows as JSON (in place of
binary values their lengths), the binary values one after the other.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any, TypeAlias
from uuid import UUID

from django.db import connection
from django.db.models import (
    BinaryField,
    DateField,
    DecimalField,
    DurationField,
    Field,
    ForeignKey,
    IntegerField,
    JSONField,
    Model,
    TimeField,
    UUIDField,
)

from apps.ops.backups.schema import label_of

AnyField: TypeAlias = "Field[Any, Any]"
Row: TypeAlias = Sequence[Any]
HEAD_BYTES = 8
AT_ONCE = 500
# Keys of a shard: so that it is a megabyte or two, which changed rows cost whole.
WIDTHS = {
    "retrieval.vector": 2000,
    "knowledge.page": 250,
    "generation.trace": 100,
    "ops.requestrecord": 4000,
}
WIDTH = 500


@dataclass(frozen=True, slots=True)
class RawShard:
    """Some rows of a table, ordered by key."""

    rows: int
    content: bytes


def columns_of(model: type[Model]) -> list[AnyField]:
    """The table's columns, as the model orders them."""
    return list(model._meta.concrete_fields)


def shards_of(model: type[Model]) -> Iterator[RawShard]:
    """All rows, cut where keys pass a multiple of the table's width: a shard in which nothing
    changed has the same bytes each time."""
    columns = columns_of(model)
    names = [column.attname for column in columns]
    at = columns.index(model._meta.pk)
    width = WIDTHS.get(label_of(model), WIDTH)
    is_counted = isinstance(_target(columns[at]), IntegerField)
    rows = model._base_manager.order_by("pk").values_list(*names).iterator(chunk_size=AT_ONCE)

    def group(row: Row) -> int:
        return row[at] // width if is_counted else 0

    for _, some in groupby(rows, key=group):
        yield _packed(columns, list(some))


def rows_of(content: bytes, columns: Sequence[AnyField]) -> list[list[Any]]:
    """The rows of a shard, their values in the order of `columns`; see `rows_ready`."""
    end = HEAD_BYTES + int.from_bytes(content[:HEAD_BYTES], "big")
    rows: list[list[Any]] = json.loads(content[HEAD_BYTES:end].decode("utf-8", "surrogatepass"))
    binary = [at for at, column in enumerate(columns) if isinstance(column, BinaryField)]
    for row in rows if binary else ():
        for at in binary:
            if row[at] is not None:
                row[at], end = content[end : end + row[at]], end + row[at]
    return rows


def rows_ready(rows: Sequence[list[Any]], columns: Sequence[AnyField]) -> None:
    """Make the values such as this database takes them."""
    for at, column in enumerate(columns):
        if sent := _sender(column):
            for row in rows:
                row[at] = sent(row[at])


def _packed(columns: Sequence[AnyField], rows: Sequence[Row]) -> RawShard:
    told = [_teller(column) for column in columns]
    is_plain = not any(told)
    blobs: list[bytes] = []
    plain: list[list[Any]] = []
    for row in rows if not is_plain else ():
        values = [tell(value) if tell else value for tell, value in zip(told, row, strict=True)]
        for at, value in enumerate(values):
            if isinstance(value, bytes):
                blobs.append(value)
                values[at] = len(value)
        plain.append(values)
    text = json.dumps(rows if is_plain else plain, ensure_ascii=False, separators=(",", ":"))
    head = text.encode("utf-8", "surrogatepass")
    content = b"".join((len(head).to_bytes(HEAD_BYTES, "big"), head, *blobs))
    return RawShard(len(rows), content)


def _teller(column: AnyField) -> Callable[[Any], Any] | None:
    """What turns a value of Python's into one of JSON's, or bytes; None: it is one."""
    kind = _target(column)
    if isinstance(kind, BinaryField):
        return lambda value: None if value is None else bytes(value)
    if isinstance(kind, DateField | TimeField):
        return lambda value: None if value is None else value.isoformat()
    if isinstance(kind, UUIDField | DecimalField):
        return lambda value: None if value is None else str(value)
    if isinstance(kind, DurationField):
        return lambda value: None if value is None else str(value.total_seconds())
    return None


def _sender(column: AnyField) -> Callable[[Any], Any] | None:
    """What turns a value of JSON's into one that this database takes; None: it is one."""
    kind = _target(column)
    if isinstance(kind, JSONField):
        encoder = kind.encoder
        return lambda value: (
            None
            if value is None and column.null
            else connection.ops.adapt_json_value(value, encoder)
        )
    if isinstance(kind, UUIDField):
        return lambda value: (
            None if value is None else kind.get_db_prep_save(UUID(value), connection)
        )
    if isinstance(kind, BinaryField | DateField | TimeField | DecimalField | DurationField):
        return lambda value: kind.get_db_prep_save(kind.to_python(value), connection)
    return None


def _target(column: AnyField) -> AnyField:
    while isinstance(column, ForeignKey):
        column = column.target_field
    return column
