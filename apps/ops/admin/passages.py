"""A passage as people read it: text as text, the rows of a Markdown table as a table."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby

from apps.knowledge.spans import Piece

Line = list[Piece]

_RULE = re.compile(r"\s*\|(?:\s*:?-+:?\s*\|)+\s*")


@dataclass(frozen=True, slots=True)
class Block:
    """Lines of text, or rows of cells: one of them is empty. A line or a cell is its pieces."""

    lines: Sequence[Sequence[Piece]] = ()
    rows: Sequence[Sequence[Sequence[Piece]]] = ()


def blocks_of(pieces: Iterable[Piece]) -> list[Block]:
    """The passage in blocks, blank lines between and the rules of tables left out."""
    blocks: list[Block] = []
    for is_table, group in groupby(_split(pieces, "\n"), key=_is_row):
        lines = [line for line in group if _text(line).strip()]
        if is_table:
            rows = [_split(line, "|")[1:-1] for line in lines if not _RULE.fullmatch(_text(line))]
            blocks.append(Block(rows=rows))
        elif lines:
            blocks.append(Block(lines=lines))
    return blocks


def excerpt_of(text: str) -> str:
    """The text on one line, cells with a dot between them."""
    lines = [line for line in text.split("\n") if not _RULE.fullmatch(line)]
    cells = (part.strip() for line in lines for part in line.split("|"))
    return " · ".join(part for part in cells if part)


def _is_row(line: Line) -> bool:
    text = _text(line).strip()
    return len(text) > 1 and text.startswith("|") and text.endswith("|")


def _text(line: Line) -> str:
    return "".join(piece.text for piece in line)


def _split(pieces: Iterable[Piece], separator: str) -> list[Line]:
    parts: list[Line] = [[]]
    for piece in pieces:
        first, *more = piece.text.split(separator)
        parts[-1].append(Piece(first, piece.keys))
        parts.extend([Piece(text, piece.keys)] for text in more)
    return parts
