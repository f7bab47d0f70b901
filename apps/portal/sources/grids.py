"""Spreadsheets as grids: the sheets of a version, a page of rows, how the table goes on."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import F, Sum
from django.db.models.expressions import Value
from django.db.models.functions import Length, Replace
from django.utils.html import format_html
from django.utils.safestring import SafeString

from apps.knowledge.models import Page, Version
from apps.portal.sources import tables
from apps.portal.sources.passages import Marker, joined
from apps.portal.sources.prose import guessed_blocks
from ingest.loaders.protocol import Block, BlockKind
from ingest.page_blocks import blocks_of

NOTHING = SafeString("")
_SHEETS = 200


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet of a workbook and the page that it begins on."""

    name: str
    page: int


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a sheet: words between tables (no columns then), or a table's head and rows."""

    words: SafeString = NOTHING
    head: SafeString = NOTHING
    rows: SafeString = NOTHING
    columns: int = 0  # with that of the rows' numbers


def sheets_of(version: Version) -> list[Sheet]:
    """The named sheets in order; none for a file that is one table."""
    labels = Page.objects.filter(version=version).order_by("number").values_list("label", "number")
    first: dict[str, int] = {}
    for label, number in labels:
        first.setdefault(label, number)
    named = [Sheet(label, number) for label, number in first.items() if label]
    return named[:_SHEETS] if len(first) > 1 else []


def parts_of(page: Page, marker: Marker) -> list[Part]:
    """The page's tables with what stands between them."""
    goes_on = _goes_on(page, _neighbour(page, -1))
    first_row = _rows_before(page) + 1 if goes_on else 1
    parts = []
    for block in _blocks(page):
        if block.kind is BlockKind.TABLE:
            parts.append(_rows(page.text, block, marker, first_row))
        elif page.text[block.start : block.end] != page.label:  # the tab says it
            words = marker.html(block.start, block.end)
            parts.append(Part(words=format_html('<p dir="auto">{}</p>', words)))
    return parts


def follows(page: Page, step: int) -> int | None:
    """The page with the same table's next (1) or earlier (-1) rows."""
    other = _neighbour(page, step)
    earlier, later = (other, page) if step < 0 else (page, other)
    return other.number if other and later and _goes_on(later, earlier) else None


def _blocks(page: Page) -> Sequence[Block]:
    return blocks_of(page) or guessed_blocks(page.text)


def _neighbour(page: Page, step: int) -> Page | None:
    numbered = Page.objects.filter(
        version=page.version_id, label=page.label, number=page.number + step
    )
    return numbered.first()


def _goes_on(page: Page, before: Page | None) -> bool:
    """Whether the page is nothing but more rows of the table that ends the page before."""
    blocks = _blocks(page)
    if before is None or len(blocks) != 1 or blocks[0].kind is not BlockKind.TABLE:
        return False
    last = _blocks(before)[-1:]
    return bool(last) and _first_line(before, last[0]) == _first_line(page, blocks[0])


def _first_line(page: Page, block: Block) -> str:
    return page.text[block.start : block.end].partition("\n")[0]


def _rows_before(page: Page) -> int:
    """How many rows of the table stand on earlier pages, each a line (counted in the database)."""
    pages = Page.objects.filter(
        version=page.version_id, label=page.label, number__lt=page.number
    ).order_by("number")
    first = pages.first()
    if first is None:
        return 0
    lines = Length(F("text")) - Length(Replace(F("text"), Value("\n"), Value("")))
    more = pages.exclude(pk=first.pk).aggregate(lines=Sum(lines - 1))["lines"] or 0
    table = tables.table_of(first.text, _blocks(first)[-1].start, _blocks(first)[-1].end)
    return len(table.rows) + int(more)


def _rows(text: str, block: Block, marker: Marker, first_row: int) -> Part:
    table = tables.table_of(text, block.start, block.end)
    head = NOTHING
    if table.header:
        cells = [
            format_html('<th scope="col" dir="auto">{}</th>', marker.html(cell.start, cell.end))
            for cell in table.header.cells
        ]
        head = joined(cells)
    rows = [_row(row, marker, number) for number, row in enumerate(table.rows, first_row)]
    return Part(head=head, rows=joined(rows), columns=table.width + 1)


def _row(row: tables.Row, marker: Marker, number: int) -> SafeString:
    opening = SafeString("<tr>")
    if marker.touches(row.start, row.end):
        anchor = marker.take_anchor()
        opening = format_html(
            '<tr class="cited"{}>', format_html(' id="{}"', anchor) if anchor else ""
        )
    cells = [
        format_html(
            '<td class="number">{}</td>' if cell.is_figure else '<td dir="auto">{}</td>',
            marker.html(cell.start, cell.end),
        )
        for cell in row.cells
    ]
    return format_html('{}<th scope="row">{}</th>{}</tr>', opening, number, joined(cells))
