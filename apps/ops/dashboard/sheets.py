"""Tables to take away: CSV that a spreadsheet shows as it is and never calculates.

A cell that begins like a formula gets an apostrophe in front (OWASP, “CSV Injection”).
"""

import csv
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.http import StreamingHttpResponse

MARK = "\ufeff"  # so that spreadsheets read UTF-8
# Spreadsheets take full-width signs for theirs, and look past blanks.
_FORMULAS = tuple("=+-@＝＋－＠\t\r\n")


class _Echo:
    """Gives back what is written to it."""

    def write(self, text: str) -> str:
        return text


def sheet(name: str, head: Sequence[Any], rows: Iterable[Sequence[Any]]) -> StreamingHttpResponse:
    """The table as a file of this name, sent as the rows come."""
    response = StreamingHttpResponse(_lines(head, rows), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


def cell(value: Any) -> Any:
    """What stands in the table for a value; numbers stay numbers."""
    if value is None:
        return ""
    if isinstance(value, int | float):
        return value
    text = str(value)
    is_formula = text.startswith(_FORMULAS) or text.lstrip().startswith(_FORMULAS)
    return f"'{text}" if is_formula else text


def _lines(head: Sequence[Any], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    writer = csv.writer(_Echo())
    yield MARK + str(writer.writerow([cell(one) for one in head]))
    for row in rows:
        yield str(writer.writerow([cell(one) for one in row]))
