"""Gathers the rows of a table from the lines of a PDF page."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ingest.loaders.markdown_blocks import is_cjk
from ingest.loaders.pdf_cells import Cell, Line

_ROW_EMS = 3.6  # rows are at most this far apart
_WRAP_EMS = 1.8  # lines of one cell are nearer than this
_LABEL_EMS = 3.2
_LABELS = 4  # at most so many rows of one cell follow each other
_LEADERS = re.compile(r"\.{4,}|(?:\. ){3,}|…{2,}|·{4,}")
_LETTER = re.compile(r"[^\W\d_]")


@dataclass(slots=True)
class Row:
    """A row while it is gathered: cells left to right, baselines of its first and last line."""

    cells: list[Cell]
    top: float
    foot: float
    size: float

    @classmethod
    def of(cls, line: Line) -> "Row":
        """A row of one line."""
        return cls(list(line.parts), line.y, line.y, line.size)

    def add_beside(self, line: Line) -> bool:
        """Take a line printed on the first line of this row, where there is room for it."""
        if abs(self.top - line.y) >= 0.45 * self.size:
            return False
        if any(overlap(cell, part) > 0 for cell in self.cells for part in line.parts):
            return False
        self.cells = sorted([*self.cells, *line.parts], key=lambda cell: cell.x)
        return True

    def add_wrapped(self, line: Line, *, is_head: bool) -> bool:
        """Take a line that goes on with the text of cells of this row."""
        if not 0 < self.foot - line.y < _WRAP_EMS * self.size:
            return False
        targets = [self._target(part) for part in line.parts]
        if None in targets or len(set(targets)) < len(targets):
            return False
        is_running = any(part.text[:1].islower() for part in line.parts)
        if 0 in targets and (len(targets) > 1 or not is_running):
            return False
        if len(targets) > 1 and not (is_running or is_head):
            return False
        for target, part in zip(targets, line.parts, strict=True):
            self._extend(target or 0, part)
        self.foot = line.y
        return True

    def _target(self, part: Cell) -> int | None:
        """The cell that this text goes on with: below it, beginning or centred alike."""
        if not _LETTER.search(part.text):
            return None
        slack = 0.6 * self.size
        for i, cell in enumerate(self.cells):
            is_centred = abs(cell.x + cell.right - part.x - part.right) < 2 * slack
            if overlap(cell, part) > 0 and (abs(cell.x - part.x) < slack or is_centred):
                following = self.cells[i + 1] if i + 1 < len(self.cells) else None
                return None if following and part.right > following.x else i
        return None

    def _extend(self, index: int, part: Cell) -> None:
        cell = self.cells[index]
        space = "" if is_cjk(cell.text[-1]) and is_cjk(part.text[0]) else " "
        text = f"{cell.text}{space}{part.text}"
        self.cells[index] = Cell(min(cell.x, part.x), max(cell.right, part.right), text)


def overlap(one: Cell, other: Cell) -> float:
    """How much of the width two cells share; negative: how far they are apart."""
    return min(one.right, other.right) - max(one.x, other.x)


def is_row(line: Line) -> bool:
    """Whether a line can be a row: it has cells, and no dotted leaders of a list of contents."""
    return len(line.cells) > 1 and not _LEADERS.search(line.text)


def gather(lines: Sequence[Line], start: int) -> tuple[list[Row], int]:
    """The rows from `lines[start]` on as far as they line up, and how many lines they take."""
    rows = [Row.of(lines[start])]
    kept, taken = list(rows), 1
    for count, line in enumerate(lines[start + 1 :], start=2):
        last = rows[-1]
        if not (last.add_beside(line) or last.add_wrapped(line, is_head=len(rows) == 1)):
            if not _follows(rows, line):
                break
            rows.append(Row.of(line))
        if len(rows[-1].cells) > 1:
            kept, taken = list(rows), count
    return kept, taken


def _follows(rows: list[Row], line: Line) -> bool:
    """Whether a line is the next row of these."""
    last = rows[-1]
    if not 0.3 * last.size < last.foot - line.y < _ROW_EMS * max(last.size, line.size):
        return False
    full = [row for row in rows if len(row.cells) > 1]
    if is_row(line):
        return any(_lines_up(row, line) for row in (full[0], *full[-4:]))
    if line.cells or all(len(row.cells) == 1 for row in rows[-_LABELS:]):
        return False
    part = line.parts[0]
    if (
        last.foot - line.y > _LABEL_EMS * last.size
        or abs(line.size - last.size) > 0.15 * last.size
        or part.text.endswith((".", "。"))
    ):
        return False
    return all(sum(overlap(cell, part) > 0 for cell in row.cells) < 2 for row in full[-4:])


def _lines_up(row: Row, line: Line) -> bool:
    slack = 0.6 * row.size
    pairs = [sum(overlap(cell, part) > 0 for cell in row.cells) for part in line.cells]
    if pairs.count(1) >= 2 and max(pairs) < 2:
        return True
    return any(
        abs(cell.x - part.x) < slack
        or abs(cell.right - part.right) < slack
        or abs(cell.x + cell.right - part.x - part.right) < 2 * slack
        or _is_within(cell, part, slack)
        or _is_within(part, cell, slack)
        for part in line.cells[1:]
        for cell in row.cells
    )


def _is_within(inner: Cell, outer: Cell, slack: float) -> bool:
    return inner.x > outer.x - slack and inner.right < outer.right + slack
