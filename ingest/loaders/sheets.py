"""Workbooks: XLSX and XLS. A sheet is a page (a long one several), its name the label."""

from collections.abc import Iterator
from pathlib import Path

from ingest.loaders.delimited import table_pages
from ingest.loaders.extraction import extract
from ingest.loaders.page_builder import PageBuilder, Piece
from ingest.loaders.protocol import BlockKind, FileFacts, ParsedPage

_LONG_TABLE = 100  # rows; longer ones are spread over pages
_HEADER_ROWS = 2


class SheetsLoader:
    """Each run of filled rows is a table; lone cells above a table are text."""

    name = "sheets"
    media_types = frozenset(
        {
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            "application/vnd.ms-excel",
        }
    )

    def load(self, path: Path, media_type: str, filename: str) -> Iterator[FileFacts | ParsedPage]:
        extraction = extract(path, media_type)
        names = extraction.metadata.get("sheet_names") or []
        yield extraction.facts(media_type)
        number = 1
        for sheet, rows in extraction.tables:
            label = str(names[sheet - 1]) if 0 < sheet <= len(names) else ""
            builder = PageBuilder(number, label)
            builder.add(Piece(BlockKind.HEADING, label, 1))
            yield from _sheet(builder, rows)
            number = builder.number


def _sheet(builder: PageBuilder, rows: list[list[str]]) -> Iterator[ParsedPage]:
    for part in table_runs(rows):
        if max(_filled(row) for row in part) == 1:
            for row in part:
                builder.add(Piece(BlockKind.TEXT, " ".join(cell for cell in row if cell.strip())))
        elif len(part) > _LONG_TABLE:
            yield from table_pages(builder, iter(part))
        else:
            builder.add(Piece(BlockKind.TABLE, rows=part))
    if page := builder.page():
        yield page


def table_runs(rows: list[list[str]]) -> Iterator[list[list[str]]]:
    """Runs of rows between blank ones. A title above a table stands apart, a header does not."""
    run: list[list[str]] = []
    is_gap = False
    for row in rows:
        filled = _filled(row)
        if not filled:
            is_gap = bool(run)
            continue
        is_title = len(run) == 1 and _filled(run[0]) == 1 and filled > 1
        is_header = (
            len(run) <= _HEADER_ROWS and all(_filled(above) > 1 for above in run) and filled > 1
        )
        if run and (is_title or (is_gap and not is_header)):
            yield run
            run = []
        run.append(row)
        is_gap = False
    if run:
        yield run


def _filled(row: list[str]) -> int:
    return sum(bool(cell.strip()) for cell in row)
