"""Turns the lines of PDF pages into headings, paragraphs and tables."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from statistics import median

from ingest.loaders import pdf_tables
from ingest.loaders.markdown_blocks import is_cjk
from ingest.loaders.page_builder import Piece
from ingest.loaders.pdf_cells import Line
from ingest.loaders.pdf_headings import ENDS_SENTENCE, heading_levels
from ingest.loaders.protocol import BlockKind

_ITEM = re.compile(
    r"^([•▪●■◦‣–—·○\-*]\s|\(?\d{1,2}[.)]\s|\(?[a-zA-Z][.)]\s|[（(][一二三四五六七八九十\d]{1,3}[）)]|[一二三四五六七八九十]{1,3}、)"
)
_FIGURE = re.compile(r"^[($€£¥+\-–—]*(?:\d[\d.,]*)?\d[)%]*$|^[-–—]$")


def body_size(lines: Sequence[Line]) -> float:
    """The font size that most characters of these lines have."""
    sizes: Counter[float] = Counter()
    for line in lines:
        sizes[round(line.size, 1)] += len(line.text)
    return max(sizes, key=lambda size: sizes[size]) if sizes else 0.0


def pieces(lines: Sequence[Line], body: float) -> Iterator[Piece]:
    """Tables, headings (larger, bold or numbered, apart) and paragraphs (wrapped lines joined)."""
    pitch = _pitch([line for line in lines if abs(line.size - body) < 0.15 * body] or lines)
    for part in pdf_tables.split(lines):
        if isinstance(part, Piece):
            yield part
        else:
            yield from _prose(part, body, pitch)


def _prose(lines: Sequence[Line], body: float, pitch: float) -> Iterator[Piece]:
    group: list[Line] = []
    group_level = 0
    for line, level in zip(lines, heading_levels(lines, body, pitch), strict=True):
        if group and not (level == group_level and _belongs(group, line, level, pitch)):
            yield _piece(group, group_level)
            group = []
        group.append(line)
        group_level = level
    if group:
        yield _piece(group, group_level)


def _pitch(lines: Sequence[Line]) -> float:
    """The usual distance between two lines, at least one size."""
    gaps = [
        before.y - line.y
        for before, line in pairwise(lines)
        if 0.6 * line.size < before.y - line.y < 3 * max(before.size, 1)
    ]
    return max(median(gaps), 1.0) if gaps else 12.0


def _belongs(group: list[Line], line: Line, level: int, pitch: float) -> bool:
    previous = group[-1]
    gap = previous.y - line.y
    if level:
        return (
            abs(line.size - previous.size) < 0.5
            and 0 <= gap < 2.2 * max(line.size, pitch)
            and len(group) < 4
        )
    if _ITEM.match(line.text) or gap > 1.45 * pitch:
        return False
    if gap < -2 * pitch:  # a new column, or further up the page
        return _runs_on(previous, line)
    is_indented = (
        line.x > group[0].x + 1.2 * max(line.size, 1) and len(group) > 1 and previous.x < line.x - 1
    )
    return not (is_indented and previous.text.endswith(ENDS_SENTENCE))


def _runs_on(previous: Line, line: Line) -> bool:
    return not previous.text.endswith(ENDS_SENTENCE) and (
        line.text[:1].islower() or is_cjk(line.text[0])
    )


def _piece(group: list[Line], level: int) -> Piece:
    text = join(group, always=bool(level))
    return Piece(BlockKind.HEADING, text, level) if level else Piece(BlockKind.TEXT, text)


def join(lines: Sequence[Line], *, always: bool = False) -> str:
    """Join lines that are wrapped; a line that ends well before the margin keeps its break."""
    margin = max(line.right for line in lines)
    width = max(margin - min(line.x for line in lines), 1.0)
    text = ""
    previous: Line | None = None
    for line in lines:
        words = line.text.rstrip("\x02")
        if previous is None:
            text = words
        elif previous.text.endswith("\x02"):
            text += words
        elif not always and _is_short(previous, line, margin, width):
            text += "\n" + words
        elif text.endswith("-") and words[:1].islower() and text[-2:-1].isalpha():
            text = text[:-1] + words
        elif is_cjk(text[-1]) and is_cjk(words[0]):
            text += words
        else:
            text += " " + words
        previous = line
    return text


def _is_row(text: str) -> bool:
    """Whether a line looks like a row of a table: figures are a good part of it."""
    words = text.split()
    figures = sum(1 for word in words if _FIGURE.match(word))
    return figures >= 2 and figures >= 0.3 * len(words)


def _is_short(previous: Line, line: Line, margin: float, width: float) -> bool:
    if abs(previous.y - line.y) < 1:  # pieces of one printed line: cells of a table row
        return False
    if line.cells or (previous.cells and line.x < previous.cells[1].x - 2):
        return True
    if _is_row(previous.text) or _is_row(line.text):
        return True
    return previous.right < margin - 0.2 * width and not (
        line.text[:1].islower() and not previous.text.endswith(ENDS_SENTENCE)
    )
