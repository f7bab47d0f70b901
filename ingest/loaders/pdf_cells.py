"""What a printed line is: its text, place and size, and its cells where wide gaps part it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from ingest.loaders.markdown_blocks import is_cjk

GAP_EM = 1.1  # a gap wider than this parts cells; justified text stays below it
FIGURE_GAP_EM = 0.55  # figures stand nearer to each other than words
_WIDE = 1.1
_BEFORE_FIGURE = re.compile(r"^[A-Z]{0,3}[$€£¥￥(]{1,2}$")
_LAST_SIGN = re.compile(r"(?<=[\d)%—–-])\s+([$€£¥￥])$")
_AFTER_FIGURE = re.compile(r"^[)%]{1,2}$")
_MARKER = re.compile(
    r"^(?:[•▪●■◦‣–—·○\-*]|\(?\d{1,2}(?:\.\d{1,2}){0,3}[.)]?|\(?[a-zA-Z][.)]|(?:item|note)\s.{1,4})$",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Cell:
    """A part of a line between wide gaps."""

    x: float
    right: float
    text: str


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text; lengths in points, `y` of its baseline from the page's foot.

    `cells` are its parts, left to right, when wide gaps part it: none or at least two.
    """

    text: str
    x: float
    right: float
    y: float
    size: float
    is_bold: bool
    cells: tuple[Cell, ...] = ()

    @property
    def parts(self) -> tuple[Cell, ...]:
        """Its cells, or the whole line as the only one."""
        return self.cells or (Cell(self.x, self.right, self.text),)


def is_wide(line: Line) -> bool:
    """Whether a line takes more room than its characters do, so that there may be gaps in it."""
    if " " not in line.text:
        return False
    ems = 0.5 * len(line.text)
    if not line.text.isascii():
        ems += 0.5 * sum(map(is_cjk, line.text))
    return line.right - line.x > _WIDE * ems * line.size


def tidy(cells: Iterable[Cell]) -> tuple[Cell, ...]:
    """Cells with signs of currency and per cent beside their figures; none for a list item."""
    joined: list[Cell] = []
    for cell in cells:
        last = joined[-1] if joined else None
        if last and (_BEFORE_FIGURE.match(last.text) or _AFTER_FIGURE.match(cell.text)):
            joined[-1] = Cell(last.x, cell.right, f"{last.text} {cell.text}")
        elif last and (sign := _LAST_SIGN.search(last.text)):
            joined[-1] = Cell(last.x, last.right, last.text[: sign.start()])
            joined.append(Cell(cell.x, cell.right, f"{sign[1]} {cell.text}"))
        else:
            joined.append(cell)
    if (
        len(joined) == 2
        and _MARKER.match(joined[0].text)
        and re.search("[^\\W\\d]", joined[1].text)
    ):
        return ()
    return tuple(joined) if len(joined) > 1 else ()


def printed(lines: list[Line]) -> list[Line]:
    """Put together what stands on one printed line: PDFium parts it at superscripts and cells."""
    whole: list[Line] = []
    for line in lines:
        last = whole[-1] if whole else None
        if (
            last
            and abs(last.y - line.y) < 0.45 * max(last.size, line.size)
            and line.x >= last.right - 2
        ):
            whole[-1] = _joined(last, line)
        else:
            whole.append(line)
    return whole


def _joined(last: Line, line: Line) -> Line:
    size = max(last.size, line.size)
    room = line.x - last.right
    gap = " " if room > 0.15 * size else ""
    wider = last if len(last.text) >= len(line.text) else line
    text = last.text.rstrip("\x02") + gap + line.text
    left, right = last.parts, line.parts
    if room <= GAP_EM * size:
        seam = Cell(left[-1].x, right[0].right, left[-1].text.rstrip("\x02") + gap + right[0].text)
        cells = (*left[:-1], seam, *right[1:])
    else:
        cells = (*left, *right)
    return Line(text, last.x, line.right, wider.y, wider.size, wider.is_bold, tidy(cells))
