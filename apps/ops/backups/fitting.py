"""What SQLite holds and PostgreSQL refuses: made to fit, and counted."""

import json
import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

from django.db.models import CharField, JSONField

from apps.ops.backups.rows import AnyField

REPLACED = "\ufffd"
NOT_TEXT = re.compile("[\x00\ud800-\udfff]")
SUSPECT = re.compile(r"\\u(0000|d[89a-f][0-9a-f]{2})")


def rows_fit(rows: Sequence[list[Any]], columns: Sequence[AnyField], changed: Counter[str]) -> None:
    """Replace null characters in texts and JSON by U+FFFD, which keeps every offset; cut texts
    that are longer than their column. `changed` counts by column.

    Before the rows are made ready for the database.
    """
    for at, column in enumerate(columns):
        most = column.max_length if isinstance(column, CharField) else None
        for row in rows:
            value = row[at]
            if isinstance(column, JSONField):
                fitting = _json(value)
            elif isinstance(value, str):
                fitting = _text(value, most)
            else:
                continue
            if fitting is not value:
                row[at] = fitting
                changed[f"{column.model._meta.db_table}.{column.column}"] += 1


def _text(value: str, most: int | None) -> str:
    if "\x00" in value:
        value = value.replace("\x00", REPLACED)
    return value[:most] if most is not None and len(value) > most else value


def _json(value: Any) -> Any:
    if value is None or not SUSPECT.search(json.dumps(value)):
        return value
    clean = _clean(value)
    return value if clean == value else clean


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return NOT_TEXT.sub(REPLACED, value)
    if isinstance(value, list):
        return [_clean(one) for one in value]
    if isinstance(value, dict):
        return {_clean(key): _clean(one) for key, one in value.items()}
    return value
