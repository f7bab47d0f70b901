"""The rows and cells of a Markdown table, by their places in the page's text."""

import re
from dataclasses import dataclass

_RULE = re.compile(r"\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?")
_FIGURE = re.compile(r"[-+−–(]?[€$£¥￥]?[ ]?\d[\d.,'\u202f %‰)]*(?:[€$£¥￥]|\b[A-Z]{3})?")


@dataclass(frozen=True, slots=True)
class Cell:
    """Its text without the blanks around it: `text[start:end]`."""

    start: int
    end: int
    is_figure: bool


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table."""

    start: int
    end: int
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """`header` is None when no row names the columns."""

    header: Row | None
    rows: tuple[Row, ...]
    width: int


def is_table(text: str) -> bool:
    """Whether a block is a Markdown table: lines with pipes, the second one a rule."""
    lines = text.split("\n")
    return (
        len(lines) > 1
        and all("|" in line for line in lines)
        and bool(_RULE.fullmatch(lines[1].strip()))
    )


def table_of(text: str, start: int, end: int) -> Table:
    """The table in `text[start:end]`."""
    rows: list[Row] = []
    at, has_rule = start, False
    for number, line in enumerate(text[start:end].split("\n")):
        if number == 1 and _RULE.fullmatch(line.strip()):
            has_rule = True
        elif line.strip():
            rows.append(_row(line, at))
        at += len(line) + 1
    header = rows.pop(0) if rows and has_rule else None
    width = max((len(row.cells) for row in [*rows, *([header] if header else [])]), default=0)
    if header and not any(cell.end > cell.start for cell in header.cells):
        header = None
    return Table(header, tuple(rows), width)


def _row(line: str, at: int) -> Row:
    left = len(line) - len(line.lstrip())
    inner_start = left + line[left:].startswith("|")
    inner = line[inner_start:].rstrip()
    inner = inner[:-1] if inner.endswith("|") and not inner.endswith("\\|") else inner
    cells, position = [], at + inner_start
    for part in re.split(r"(?<!\\)\|", inner):
        blank = len(part) - len(part.lstrip())
        words = part.strip()
        first = position + blank if words else position
        cells.append(Cell(first, first + len(words), bool(_FIGURE.fullmatch(words))))
        position += len(part) + 1
    return Row(at, at + len(line), tuple(cells))
