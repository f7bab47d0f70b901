"""Sizes and colours of the PDF."""

import re
from typing import Literal

from reportlab.lib.colors import Color, HexColor
from reportlab.lib.enums import TA_LEFT, TA_RIGHT
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.platypus import Paragraph

from apps.ops.reports.drawing import WIDTH
from apps.ops.reports.printing.fonts import BOLD, REGULAR, marked
from apps.retrieval.lexical.analysis import CJK

PAGE_WIDTH, PAGE_HEIGHT = A4
MARGIN = (PAGE_WIDTH - WIDTH) / 2
TOP, BOTTOM = 54.0, 62.0
COLOURS: dict[str, Color] = {
    "accent": HexColor("#0f766e"),
    "soft": HexColor("#b9e2dc"),
    "quiet": HexColor("#98a19d"),
    "warn": HexColor("#d99a2b"),
    "bad": HexColor("#c2452f"),
    "good": HexColor("#1d7a46"),
    "line": HexColor("#dcdfdd"),
    "text": HexColor("#262c2b"),
    "strong": HexColor("#171b1a"),
    "muted": HexColor("#66706c"),
    "sunken": HexColor("#f6f6f4"),
}
_HAS_CJK = re.compile(f"[{CJK}]")
Name = Literal[
    "kicker", "title", "facts", "section", "caption", "plain", "muted", "notice", "bullet",
    "head", "cell", "total", "tile_name", "tile_value", "tile_note",
]  # fmt: skip
# size, line, colour, whether it is bold, space before and after
_SIZES: dict[str, tuple[float, float, str, bool, float, float]] = {
    "kicker": (9.5, 13, "accent", True, 0, 2),
    "title": (26, 32, "strong", True, 0, 4),
    "facts": (9, 13, "muted", False, 0, 0),
    "section": (15, 20, "accent", True, 20, 6),
    "caption": (9.5, 13, "strong", True, 10, 4),
    "plain": (9.5, 14.5, "text", False, 0, 6),
    "muted": (8.5, 12.5, "muted", False, 3, 4),
    "notice": (9.5, 14.5, "text", False, 2, 8),
    "bullet": (9.5, 14.5, "text", False, 0, 3),
    "head": (8, 11, "muted", False, 0, 0),
    "cell": (9, 12.5, "text", False, 0, 0),
    "total": (9, 12.5, "strong", True, 0, 0),
    "tile_name": (8.5, 11.5, "muted", False, 0, 0),
    "tile_value": (18, 24, "strong", True, 0, 0),
    "tile_note": (7.5, 10.5, "muted", False, 0, 0),
}


def style(name: Name, *, is_right: bool = False, tone: str = "") -> ParagraphStyle:
    """One of the styles; `tone`: another colour."""
    size, line, colour, is_bold, before, after = _SIZES[name]
    return ParagraphStyle(
        name,
        fontName=BOLD if is_bold else REGULAR,
        fontSize=size,
        leading=line,
        textColor=COLOURS[tone or colour],
        spaceBefore=before,
        spaceAfter=after,
        alignment=TA_RIGHT if is_right else TA_LEFT,
        keepWithNext=name in {"section", "caption"},
        allowWidows=0,
        allowOrphans=0,
        splitLongWords=1,
    )


def paragraph(text: str, name: Name, *, is_right: bool = False, tone: str = "") -> Paragraph:
    """A text in a style. Chinese breaks between any two characters, as it should."""
    found = style(name, is_right=is_right, tone=tone)
    if _HAS_CJK.search(text):
        found.wordWrap = "CJK"
    if name == "bullet":
        found.leftIndent, found.bulletIndent, found.bulletFontName = 12, 2, REGULAR
        return Paragraph(marked(text, found.fontName), found, bulletText="•")
    return Paragraph(marked(text, found.fontName), found)
