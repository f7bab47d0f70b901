"""Finds the tables among the lines of a PDF page, and puts their cells into columns."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from statistics import median

from ingest.loaders.markdown_blocks import is_cjk
from ingest.loaders.page_builder import Piece
from ingest.loaders.pdf_cells import Cell, Line
from ingest.loaders.pdf_rows import Row, gather, is_row, overlap
from ingest.loaders.protocol import BlockKind

_PROSE_CHARS = 32  # columns of lines longer than this are prose; a CJK character counts twice
_HEAD_ROWS = 4
_FIGURE = re.compile(r"^[A-Z]{0,3}[\s($€£¥￥+\-–—]*\d[\d.,\s]*[)%\s]*$")
_YEAR = re.compile(r"^(?:19|20)\d\d$")
_CODE = re.compile(r"^(?:==?|#|//|[{}]|\)?;)$")
_NUMBER = re.compile(r"\s\d+$")
_PAGE = re.compile(r"^\d{1,4}$")


def split(lines: Sequence[Line]) -> Iterator[list[Line] | Piece]:
    """Tables as pieces, and the runs of lines between them, in order. No line is lost."""
    prose: list[Line] = []
    at = 0
    while at < len(lines):
        taken = 1
        if is_row(lines[at]):
            rows, taken = gather(lines, at)
            if table := _table(rows, lines[at : at + taken]):
                if prose:
                    yield prose
                yield table
                prose, at = [], at + taken
                continue
        prose += lines[at : at + taken]
        at += taken
    if prose:
        yield prose


def _table(rows: Sequence[Row], lines: Sequence[Line]) -> Piece | None:
    full = [row for row in rows if len(row.cells) > 1]
    if len(full) < 2 or _is_prose(lines) or _is_form(full) or _is_code(full):
        return None
    columns = _merged(_columns(rows), rows)
    if len(columns) < 2 or _is_contents(full, len(columns)) or _is_crossed(full, columns):
        return None
    heads = _head_count(rows, columns)
    if heads > 1:
        columns = [column for column in columns if _is_filled(column, rows[heads:])]
    body = [_by_column(row, columns) for row in rows[heads:]]
    if heads:
        return Piece(BlockKind.TABLE, rows=[_head(rows[:heads], columns), *body])
    return Piece(BlockKind.TABLE, rows=body, has_header=not _is_figures(rows[0]))


def _columns(rows: Sequence[Row]) -> list[Cell]:
    """The extents of the columns, from the rows with the most cells down to single labels."""
    columns: list[Cell] = []
    for row in sorted(rows, key=lambda row: -len(row.cells)):
        for cell in row.cells:
            shared = [i for i, column in enumerate(columns) if overlap(column, cell) > 0]
            if len(shared) == 1:
                column = columns[shared[0]]
                columns[shared[0]] = Cell(min(column.x, cell.x), max(column.right, cell.right), "")
            elif not shared:
                columns.append(Cell(cell.x, cell.right, ""))
    return sorted(columns, key=lambda column: column.x)


def _merged(columns: list[Cell], rows: Sequence[Row]) -> list[Cell]:
    """Columns that lie close and are never both filled are one: figures hang over brackets."""
    merged = columns[:1]
    for column in columns[1:]:
        last = merged[-1]
        one = Cell(last.x, column.right, "")
        is_close = column.x - last.right < rows[0].size
        if is_close and all(sum(overlap(one, cell) > 0 for cell in row.cells) < 2 for row in rows):
            merged[-1] = one
        else:
            merged.append(column)
    return merged


def _shared(columns: Sequence[Cell], cell: Cell) -> list[int]:
    return [i for i, column in enumerate(columns) if overlap(column, cell) > 0]


def _nearest(columns: Sequence[Cell], cell: Cell) -> int:
    return max(range(len(columns)), key=lambda i: overlap(columns[i], cell))


def _is_prose(lines: Sequence[Line]) -> bool:
    """Two or more columns of running text."""
    depth = max(len(line.cells) for line in lines)
    long = 0
    for i in range(depth):
        texts = [line.cells[i].text for line in lines if i < len(line.cells)]
        runs_on = sum(text[:1].islower() for text in texts) > 0.4 * len(texts)
        long += median(map(_width, texts)) > (_PROSE_CHARS * (0.6 if runs_on else 1))
    return long > 1


def _width(text: str) -> int:
    return len(text) + sum(map(is_cjk, text))


def _is_form(rows: Sequence[Row]) -> bool:
    """Names and values: most rows begin with a name and a colon, or names come again."""
    names = [_NUMBER.sub("", row.cells[0].text) for row in rows]
    repeated = [name for name, count in Counter(names).items() if count > 1]
    if median(len(row.cells) for row in rows) == 2 and (
        len(repeated) > 1 or rows[0].cells[0].text in names[1:]
    ):
        return True
    return sum(name.endswith((":", "：")) for name in names) >= 0.5 * len(names)


def _is_code(rows: Sequence[Row]) -> bool:
    return any(_CODE.match(cell.text) for row in rows for cell in row.cells)


def _is_contents(rows: Sequence[Row], count: int) -> bool:
    """Titles and rising page numbers."""
    pages = [row.cells[-1].text for row in rows]
    if not all(map(_PAGE.match, pages)) or any(map(_YEAR.match, pages)):
        return False
    others = [cell.text for row in rows for cell in row.cells[:-1]]
    is_titles = count == 2 or (len(rows) > 4 and not any(map(_FIGURE.match, others)))
    return is_titles and sorted(pages, key=int) == pages


def _is_crossed(rows: Sequence[Row], columns: Sequence[Cell]) -> bool:
    """Whether too many rows do not fit the columns: cells of a chart or of loose text."""
    fits = [sum(bool(text) for text in _by_column(row, columns)) for row in rows]
    crossed = sum(fit < len(row.cells) for fit, row in zip(fits, rows, strict=True))
    return crossed > 0.25 * len(rows) or sum(fit > 1 for fit in fits) < 2


def _is_figures(row: Row) -> bool:
    """Whether a row holds figures, not names of columns; years are names."""
    texts = [cell.text for cell in row.cells[1:]]
    return all(_FIGURE.match(text) and not _YEAR.match(text) for text in texts)


def _head_count(rows: Sequence[Row], columns: Sequence[Cell]) -> int:
    """How many rows at the top name columns: those that leave the first column empty."""
    count = 0
    for row in rows[: min(_HEAD_ROWS, len(rows) - 1)]:
        if 0 in _shared(columns, row.cells[0]):
            break
        count += 1
    return count


def _is_filled(column: Cell, rows: Sequence[Row]) -> bool:
    return any(overlap(column, cell) > 0 for row in rows for cell in row.cells)


def _head(rows: Sequence[Row], columns: Sequence[Cell]) -> list[str]:
    """The names of the columns: a name that spans several is a part of each."""
    names: list[list[str]] = [[] for _ in columns]
    for row in rows:
        for cell, spanned in zip(row.cells, _spans(row, columns), strict=True):
            for i in spanned:
                names[i].append(cell.text)
    return [" ".join(parts) for parts in names]


def _spans(row: Row, columns: Sequence[Cell]) -> list[list[int]]:
    """The columns that each cell of a header row stands over, the first column left out."""
    share, rest = divmod(len(columns) - 1, len(row.cells))
    if share > 1 and not rest:  # such as two names over four columns
        even = [list(range(1 + i * share, 1 + (i + 1) * share)) for i in range(len(row.cells))]
        if all(
            columns[group[0]].x < (cell.x + cell.right) / 2 < columns[group[-1]].right
            for cell, group in zip(row.cells, even, strict=True)
        ):
            return even
    return [_shared(columns, cell) or [_nearest(columns, cell)] for cell in row.cells]


def _by_column(row: Row, columns: Sequence[Cell]) -> list[str]:
    texts = [""] * len(columns)
    for cell in row.cells:
        index = _nearest(columns, cell)
        texts[index] = f"{texts[index]} {cell.text}".strip()
    return texts
