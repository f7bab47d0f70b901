"""A report as a PDF: A4, numbered pages, an outline, text that can be searched and copied."""

from collections.abc import Sequence
from io import BytesIO
from typing import Any

from django.utils.translation import gettext as _
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import (
    BaseDocTemplate,
    CondPageBreak,
    Flowable,
    Frame,
    HRFlowable,
    KeepTogether,
    PageTemplate,
    Spacer,
    Table,
    TableStyle,
)

from apps.ops.reports import blocks
from apps.ops.reports.drawing import WIDTH, Words
from apps.ops.reports.printing import fonts
from apps.ops.reports.printing.marks import Drawn, write
from apps.ops.reports.printing.styles import (
    BOTTOM,
    COLOURS,
    MARGIN,
    PAGE_HEIGHT,
    PAGE_WIDTH,
    TOP,
    paragraph,
)

TILES_A_ROW = 3
KEPT_WHOLE = 14  # rows: a table of so many is not broken over pages


class NumberedCanvas(Canvas):  # type: ignore[misc]  # reportlab has no types
    """Writes the foot of each page when it is known how many there are."""

    foot = ""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._pages: list[dict[str, Any]] = []

    def showPage(self) -> None:  # noqa: N802 - the canvas calls it so
        """Keep the page for later."""
        self._pages.append(dict(self.__dict__))
        self._startPage()

    def save(self) -> None:
        """Write all pages, each with its foot."""
        for number, page in enumerate(self._pages, start=1):
            self.__dict__.update(page)
            self._write_foot(number, len(self._pages))
            super().showPage()
        super().save()

    def _write_foot(self, number: int, count: int) -> None:
        y = BOTTOM - 24
        self.setStrokeColor(COLOURS["line"])
        self.setLineWidth(0.6)
        self.line(MARGIN, y + 13, PAGE_WIDTH - MARGIN, y + 13)
        told = _("Page %(number)s of %(count)s") % {"number": number, "count": count}
        write(self, Words(MARGIN, 0, self.foot), y)
        write(self, Words(PAGE_WIDTH - MARGIN, 0, told, anchor="end"), y)


class Heading(Flowable):  # type: ignore[misc]  # reportlab has no types
    """Puts a section into the outline."""

    def __init__(self, key: str, title: str) -> None:
        super().__init__()
        self.key, self.title = key, title
        self.width = self.height = 0

    def draw(self) -> None:
        """Nothing is seen of it."""
        self.canv.bookmarkHorizontal(self.key, 0, 24)
        self.canv.addOutlineEntry(self.title, self.key, 0, closed=False)


def pdf(document: blocks.Document) -> bytes:
    """The file. Loads reportlab: for workers and the command line, not for a page."""
    fonts.register()
    out = BytesIO()
    template = BaseDocTemplate(
        out,
        pagesize=(PAGE_WIDTH, PAGE_HEIGHT),
        title=f"{document.kicker} {document.title}",
        author="Clawdbot",
        creator="Clawdbot",
        subject=" · ".join(document.facts),
        lang=document.language,
        initialFontName=fonts.REGULAR,  # no Helvetica, which nobody embeds
    )
    frame = Frame(
        MARGIN, BOTTOM, WIDTH, PAGE_HEIGHT - TOP - BOTTOM,
        leftPadding=0, rightPadding=0, topPadding=0, bottomPadding=0,
    )  # fmt: skip
    template.addPageTemplates([PageTemplate("page", [frame])])
    canvas = type("Footed", (NumberedCanvas,), {"foot": document.foot})
    template.build([*_head(document), *_body(document)], canvasmaker=canvas)
    return out.getvalue()


def _head(document: blocks.Document) -> list[Flowable]:
    return [
        paragraph(document.kicker, "kicker"),
        paragraph(document.title, "title"),
        paragraph("  ·  ".join(document.facts), "facts"),
        Spacer(0, 8),
        HRFlowable(width="100%", thickness=1.2, color=COLOURS["accent"], spaceAfter=0),
    ]


def _body(document: blocks.Document) -> list[Flowable]:
    flow: list[Flowable] = []
    for section in document.sections:
        flow.append(CondPageBreak(110))
        flow.append(Heading(section.key, section.title))
        flow.append(paragraph(section.title, "section"))
        for block in section.blocks:
            flow += _shown(block)
    return flow


def _shown(block: blocks.Block) -> list[Flowable]:
    if isinstance(block, blocks.Tiles):
        return [_tiles(block.tiles)]
    if isinstance(block, blocks.Text):
        return [_notice(block.text) if block.style == "notice" else _text(block)]
    if isinstance(block, blocks.Bullets):
        caption = [paragraph(block.caption, "caption")] if block.caption else []
        return [*caption, *(paragraph(item, "bullet") for item in block.items)]
    if isinstance(block, blocks.Chart):
        drawn = Drawn(block.drawing)
        return [KeepTogether([paragraph(block.caption, "caption"), drawn, Spacer(0, 8)])]
    return _table(block)


def _text(block: blocks.Text) -> Flowable:
    return paragraph(block.text, "muted" if block.style == "muted" else "plain")


def _notice(text: str) -> Flowable:
    table = Table([[paragraph(text, "notice")]], colWidths=[WIDTH])
    table.setStyle(
        TableStyle(
            [
                ("BACKGROUND", (0, 0), (-1, -1), COLOURS["sunken"]),
                ("LINEBEFORE", (0, 0), (0, -1), 2.5, COLOURS["warn"]),
                ("LEFTPADDING", (0, 0), (-1, -1), 10),
                ("TOPPADDING", (0, 0), (-1, -1), 7),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 8),
            ]
        )
    )
    return KeepTogether([table, Spacer(0, 8)])


def _tiles(tiles: Sequence[blocks.Tile]) -> Flowable:
    count = TILES_A_ROW if len(tiles) % TILES_A_ROW == 0 else 4
    cells = [_tile(one) for one in tiles]
    cells += [[] for _ in range(-len(cells) % count)]
    rows = [cells[at : at + count] for at in range(0, len(cells), count)]
    table = Table(rows, colWidths=[WIDTH / count] * count)
    table.setStyle(
        TableStyle(
            [
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
                ("BACKGROUND", (0, 0), (-1, -1), COLOURS["sunken"]),
                ("INNERGRID", (0, 0), (-1, -1), 5, "#ffffff"),
                ("LEFTPADDING", (0, 0), (-1, -1), 12),
                ("RIGHTPADDING", (0, 0), (-1, -1), 8),
                ("TOPPADDING", (0, 0), (-1, -1), 10),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 10),
            ]
        )
    )
    return KeepTogether([table, Spacer(0, 10)])


def _tile(one: blocks.Tile) -> list[Flowable]:
    shown = [paragraph(one.name, "tile_name"), paragraph(one.value, "tile_value", tone=one.mood)]
    return [*shown, paragraph(one.note, "tile_note")] if one.note else shown


def _table(block: blocks.Table) -> list[Flowable]:
    shares = sum(column.share for column in block.columns)
    widths = [WIDTH * column.share / shares for column in block.columns]
    last = len(block.rows) if block.has_total else -1
    head = [paragraph(one.title, "head", is_right=one.is_number) for one in block.columns]
    body = [
        [
            paragraph(cell, "total" if number == last else "cell", is_right=column.is_number)
            for cell, column in zip(row, block.columns, strict=True)
        ]
        for number, row in enumerate(block.rows, start=1)
    ]
    rules: list[Any] = [
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LINEBELOW", (0, 0), (-1, 0), 0.8, COLOURS["quiet"]),
        ("LINEBELOW", (0, 1), (-1, -1), 0.4, COLOURS["line"]),
        ("LEFTPADDING", (0, 0), (0, -1), 0),
        ("LEFTPADDING", (1, 0), (-1, -1), 6),
        ("RIGHTPADDING", (0, 0), (-2, -1), 4),
        ("RIGHTPADDING", (-1, 0), (-1, -1), 0),
        ("TOPPADDING", (0, 0), (-1, -1), 3.5),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 4),
    ]
    if block.has_total:
        rules.append(("LINEABOVE", (0, -1), (-1, -1), 0.8, COLOURS["quiet"]))
    table = Table([head, *body], colWidths=widths, repeatRows=1)
    table.setStyle(TableStyle(rules))
    caption = [paragraph(block.caption, "caption")] if block.caption else []
    if len(body) <= KEPT_WHOLE:
        return [KeepTogether([*caption, table, Spacer(0, 8)])]
    return [*caption, table, Spacer(0, 8)]
