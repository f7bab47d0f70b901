"""Turns the lines of PDF pages into headings and paragraphs; drops repeated page edges."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise
from statistics import median

from ingest.loaders.markdown_blocks import is_cjk
from ingest.loaders.page_builder import Piece
from ingest.loaders.pdf_lines import Line
from ingest.loaders.protocol import BlockKind

_EDGE_LINES = 2
_ENDS_SENTENCE = (".", "!", "?", "。", "！", "？", "；", ":", "：", ";")
_ITEM = re.compile(
    r"^([•▪●■◦‣–—·○\-*]\s|\(?\d{1,2}[.)]\s|\(?[a-zA-Z][.)]\s|[（(][一二三四五六七八九十\d]{1,3}[）)]|[一二三四五六七八九十]{1,3}、)"
)
_FIGURE = re.compile(r"^[($€£¥+\-–—]*(?:\d[\d.,]*)?\d[)%]*$|^[-–—]$")
_PAGE_NUMBER = re.compile(
    r"^[\W_]*(page|第)?\s*(\d{1,4}|[ivxlc]{1,6})\s*(页|頁)?(\s*(of|/|共)\s*\d{1,4}\s*(页|頁)?)?[\W_]*$",
    re.I,
)


class EdgeCounter:
    """Counts the outermost lines of pages, digits masked, to know running heads and feet."""

    def __init__(self) -> None:
        self._seen: Counter[str] = Counter()
        self._pages = 0

    def count(self, lines: Sequence[Line]) -> None:
        self._pages += 1
        self._seen.update({_key(line) for line in _edges(lines)})

    def without_edges(self, lines: Sequence[Line]) -> list[Line]:
        """The lines less those at the edges that recur on most pages, and bare page numbers."""
        edges = {id(line) for line in _edges(lines)}
        return [line for line in lines if id(line) not in edges or not self._is_repeated(line)]

    def _is_repeated(self, line: Line) -> bool:
        if self._pages < 3:
            return False
        return self._seen[_key(line)] >= max(3, 0.4 * self._pages) or (
            _PAGE_NUMBER.match(line.text) is not None and self._pages >= 3
        )


def _key(line: Line) -> str:
    return re.sub(r"\d+", "#", line.text.lower().strip())


def _edges(lines: Sequence[Line]) -> list[Line]:
    if len(lines) < 2 * _EDGE_LINES + 1:
        return []
    ordered = sorted(lines, key=lambda line: line.y)
    return [*ordered[:_EDGE_LINES], *ordered[-_EDGE_LINES:]]


def body_size(lines: Sequence[Line]) -> float:
    """The font size that most characters of these lines have."""
    sizes: Counter[float] = Counter()
    for line in lines:
        sizes[round(line.size, 1)] += len(line.text)
    return max(sizes, key=lambda size: sizes[size]) if sizes else 0.0


def pieces(lines: Sequence[Line], body: float) -> Iterator[Piece]:
    """Headings (larger or bold, short, apart) and paragraphs (lines that run on are joined)."""
    pitch = _pitch(lines)
    group: list[Line] = []
    for line in lines:
        if group and not _belongs(group, line, body, pitch):
            yield _piece(group, body)
            group = []
        group.append(line)
    if group:
        yield _piece(group, body)


def _pitch(lines: Sequence[Line]) -> float:
    """The usual distance between two lines, at least one size."""
    gaps = [
        before.y - line.y
        for before, line in pairwise(lines)
        if 0.6 * line.size < before.y - line.y < 3 * max(before.size, 1)
    ]
    return max(median(gaps), 1.0) if gaps else 12.0


def _belongs(group: list[Line], line: Line, body: float, pitch: float) -> bool:
    previous = group[-1]
    gap = previous.y - line.y
    level, level_before = _level(line, body), _level(previous, body)
    if level != level_before:
        return False
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
    return not (is_indented and previous.text.endswith(_ENDS_SENTENCE))


def _level(line: Line, body: float) -> int:
    """1..3 for a line that looks like a heading, else 0."""
    text = line.text.rstrip("\x02")
    if not body or len(text) > 120 or len(text) < 2 or not re.search(r"[^\W\d_]", text):
        return 0
    ratio = line.size / body
    if ratio >= 1.5:
        return 1
    if ratio >= 1.15:
        return 2
    is_sentence = text.endswith((".", "。", "，", ",", ";", "；"))
    return 3 if line.is_bold and ratio >= 0.95 and len(text) <= 80 and not is_sentence else 0


def _runs_on(previous: Line, line: Line) -> bool:
    return not previous.text.endswith(_ENDS_SENTENCE) and (
        line.text[:1].islower() or is_cjk(line.text[0])
    )


def _piece(group: list[Line], body: float) -> Piece:
    level = _level(group[0], body)
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
    if _is_row(previous.text) or _is_row(line.text):
        return True
    return previous.right < margin - 0.2 * width and not (
        line.text[:1].islower() and not previous.text.endswith(_ENDS_SENTENCE)
    )
