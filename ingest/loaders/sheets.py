"""Workbooks: XLSX and XLS. A sheet is a page (a long one several), its name the label."""

from collections.abc import Iterator
from pathlib import Path

from ingest.loaders.delimited import table_pages
from ingest.loaders.extraction import extract
from ingest.loaders.page_builder import PageBuilder, Piece
from ingest.loaders.protocol import BlockKind, FileFacts, ParsedPage


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
    for part in _runs(rows):
        if len(part) == 1 or max(_filled(row) for row in part) == 1:
            for row in part:
                builder.add(Piece(BlockKind.TEXT, " ".join(cell for cell in row if cell.strip())))
        elif len(part) > 100:
            yield from table_pages(builder, iter(part))
        else:
            builder.add(Piece(BlockKind.TABLE, rows=part))
    if page := builder.page():
        yield page


def _runs(rows: list[list[str]]) -> Iterator[list[list[str]]]:
    """Runs of rows between blank ones; a lone title above a table stands apart."""
    run: list[list[str]] = []
    for row in rows:
        if run and _filled(row) == 0:
            yield run
            run = []
        elif run and len(run) == 1 and _filled(run[0]) == 1 and _filled(row) > 1:
            yield run
            run = [row]
        elif _filled(row):
            run.append(row)
    if run:
        yield run


def _filled(row: list[str]) -> int:
    return sum(bool(cell.strip()) for cell in row)
