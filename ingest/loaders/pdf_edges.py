"""Knows the running heads, running feet and page numbers of a PDF."""

import re
from collections import Counter
from collections.abc import Sequence

from ingest.loaders.pdf_cells import Line

_EDGE_LINES = 2
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
