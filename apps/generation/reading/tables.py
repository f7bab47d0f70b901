"""Rows of tables in words."""

import re

from apps.generation.reading.terms import content_terms

_RULE = re.compile(r"^\s*\|?\s*:?-{2,}")


def is_row(line: str) -> bool:
    """Whether a line is a table row: cells between bars, or set apart by tabs."""
    return line.count("|") >= 2 or line.count("\t") >= 1


def is_header(text: str, line_end: int) -> bool:
    """Whether the line that ends there names columns: a rule (`|---|---|`) stands below it."""
    return bool(_RULE.match(text[line_end:].lstrip("\n")[:80])) and text[line_end:][:1] == "\n"


def names_columns(text: str, span: tuple[int, int]) -> bool:
    """Whether all of `span` stands in the line that names a table's columns and the rule below."""
    start = text.rfind("\n", 0, span[0]) + 1
    while start < span[1]:
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        if not is_row(text[start:end]):
            return False
        if not (is_header(text, end) or _RULE.match(text[start:end])):
            return False
        start = end + 1
    return True


def header_of(text: str, context: str, row_start: int) -> str:
    """The header line for the row at `row_start` of `text`: the first row of its table, else the
    last row-like line of `context`; empty when there is none."""
    above = text[:row_start].splitlines()
    rows: list[str] = []
    for line in reversed(above):
        if line.strip() and not is_row(line):
            break
        if line.strip() and not _RULE.match(line):
            rows.append(line)
    if rows:
        return rows[-1]
    return next((line for line in reversed(context.splitlines()) if is_row(line)), "")


def row_in_words(row: str, header: str, asked: int | None = None) -> str:
    """`Column: value; Column: value`; without a fitting header the values alone.

    The row's own name comes first, then the cell number `asked`, then the others.
    """
    values, names = cells(row), cells(header)
    if len(values) != len(names):
        return "; ".join(value for value in values if value)
    told = [
        f"{name}: {value}" if name else value for name, value in zip(names, values, strict=True)
    ]
    order = sorted(range(len(told)), key=lambda n: (n != 0, n != asked, n))
    return "; ".join(told[n] for n in order if values[n])


def asked_column(header: str, asked: frozenset[str]) -> int | None:
    """The one column whose name shares most terms with the question; None when not just one."""
    shared = [len(asked.intersection(content_terms(name))) for name in cells(header)]
    most = max(shared, default=0)
    return shared.index(most) if most and shared.count(most) == 1 else None


def cell_bounds(row: str) -> list[tuple[int, int]]:
    """Where each cell of a row begins and ends, without white space, in the order of `cells`."""
    mark = "|" if "|" in row else "\t"
    start = len(row) - len(row.lstrip()) if mark == "|" else 0
    end = len(row.rstrip()) if mark == "|" else len(row)
    start += row[start : start + 1] == "|"
    end -= mark == "|" and end > start and row[end - 1] == "|"
    bounds = []
    for text in row[start:end].split(mark):
        left = start + len(text) - len(text.lstrip())
        bounds.append((left, left + len(text.strip())))
        start += len(text) + 1
    return bounds


def cells(line: str) -> list[str]:
    """The texts of a row's cells."""
    return [line[start:end] for start, end in cell_bounds(line)]
