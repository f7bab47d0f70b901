"""Rows of tables in words."""

import re

_RULE = re.compile(r"^\s*\|?\s*:?-{2,}")


def is_row(line: str) -> bool:
    """Whether a line is a table row: cells between bars, or set apart by tabs."""
    return line.count("|") >= 2 or line.count("\t") >= 1


def is_header(text: str, line_end: int) -> bool:
    """Whether the line that ends there names columns: a rule (`|---|---|`) stands below it."""
    return bool(_RULE.match(text[line_end:].lstrip("\n")[:80])) and text[line_end:][:1] == "\n"


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


def row_in_words(row: str, header: str) -> str:
    """`Column: value; Column: value`; without a fitting header the values alone."""
    values, names = _cells(row), _cells(header)
    if len(values) != len(names):
        return "; ".join(value for value in values if value)
    return "; ".join(
        f"{name}: {value}" if name else value
        for name, value in zip(names, values, strict=True)
        if value
    )


def _cells(line: str) -> list[str]:
    bars = line.strip()
    if "|" in bars:
        return [cell.strip() for cell in bars.removeprefix("|").removesuffix("|").split("|")]
    return [cell.strip() for cell in line.split("\t")]
