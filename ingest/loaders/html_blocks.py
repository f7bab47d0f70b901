"""Splits HTML into pieces of clean text, with the parser of the standard library."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser

from ingest.loaders.page_builder import Piece
from ingest.loaders.protocol import BlockKind

_SKIPPED = frozenset({
    "script", "style", "noscript", "template", "svg", "nav", "iframe", "object", "select",
    "button", "textarea", "canvas", "audio", "video", "map", "dialog",
})  # fmt: skip
_BLOCKS = frozenset({
    "p", "div", "section", "article", "header", "footer", "main", "aside", "ul", "ol", "dl",
    "dt", "dd", "blockquote", "figure", "figcaption", "table", "thead", "tbody", "tfoot", "tr",
    "address", "fieldset", "form", "details", "summary", "center", "body", "hr", "caption",
    "h1", "h2", "h3", "h4", "h5", "h6", "li", "pre", "td", "th",
})  # fmt: skip
_SPACE = re.compile(r"[ \t\r\n\f]+")
_LONG_CELL = 600
_FEED_CHARS = 1 << 16


def split_html(text: str) -> tuple[str, Iterator[Piece]]:
    """The <title>, and the pieces of the body in order. Never fails on broken markup."""
    title = re.search(r"<title[^>]*>(.*?)</title>", text[:200_000], re.IGNORECASE | re.DOTALL)
    found = _plain(title[1]) if title else ""
    return found, _pieces(text)


def _plain(fragment: str) -> str:
    return " ".join(piece.text for piece in _pieces(fragment)).strip()


def _pieces(text: str) -> Iterator[Piece]:
    parser = _Parser()
    for start in range(0, len(text), _FEED_CHARS):
        parser.feed(text[start : start + _FEED_CHARS])
        yield from parser.drain()
    parser.close()
    parser.finish()
    yield from parser.drain()


class _Table:
    """Rows of the table that is open. `is_layout`: it arranges a page rather than data."""

    def __init__(self) -> None:
        self.rows: list[list[str]] = []
        self.is_layout = False

    def piece(self) -> list[Piece]:
        rows = [row for row in self.rows if any(cell.strip() for cell in row)]
        longest = max((len(cell) for row in rows for cell in row), default=0)
        if self.is_layout or longest > _LONG_CELL or max(map(len, rows), default=0) < 2:
            lines = (_SPACE.sub(" ", " ".join(row)).strip() for row in rows)
            return [Piece(BlockKind.TEXT, line) for line in lines]
        return [Piece(BlockKind.TABLE, rows=rows)]


class _Parser(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._out: list[Piece] = []
        self._words: list[str] = []
        self._items: list[str] = []
        self._tables: list[_Table] = []
        self._skip = 0
        self._pre = 0
        self._heading = 0
        self._lists: list[int] = []  # the next number of each open list; -1 = bullets
        self._marker = ""
        self._spans: list[int] = []

    def drain(self) -> list[Piece]:
        done, self._out = self._out, []
        return done

    def finish(self) -> None:
        self._flush()
        while self._tables:
            self._close_table()
        self._flush_items()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SKIPPED or self._skip:
            self._skip += tag in _SKIPPED
            return
        if tag in _BLOCKS:
            self._flush_unless_cell(tag)
        if tag == "br":
            self._words.append("\n")
        elif tag == "pre":
            self._pre += 1
        elif tag[:1] == "h" and tag[1:].isdigit():
            self._heading = int(tag[1:])
        elif tag in {"ul", "ol"}:
            self._lists.append(1 if tag == "ol" else -1)
        elif tag == "li":
            self._open_item()
        elif tag == "table":
            self._open_table()
        elif tag == "tr" and self._tables:
            self._tables[-1].rows.append([])
        elif tag in {"td", "th"} and self._tables:
            span = dict(attrs).get("colspan") or "1"
            self._spans.append(min(int(span), 50) if span.isdigit() else 1)

    def handle_endtag(self, tag: str) -> None:
        if self._skip:
            self._skip -= tag in _SKIPPED
            return
        if tag in {"td", "th"} and self._tables:
            self._close_cell()
        elif tag in _BLOCKS:
            self._flush_unless_cell(tag)
        if tag == "pre":
            self._pre = max(0, self._pre - 1)
        elif tag[:1] == "h" and tag[1:].isdigit():
            self._heading = 0
        elif tag in {"ul", "ol"} and self._lists:
            self._lists.pop()
            if not self._lists:
                self._flush_items()
        elif tag == "table" and self._tables:
            self._close_table()

    def handle_data(self, data: str) -> None:
        if not self._skip:
            self._words.append(data if self._pre else _SPACE.sub(" ", data))

    def _flush_unless_cell(self, tag: str) -> None:
        if not self._tables or self._tables[-1].is_layout or tag == "table":
            self._flush()
        elif self._words and tag not in {"td", "th", "tr"}:
            self._words.append(" ")

    def _flush(self) -> None:
        text = "".join(self._words)
        self._words = []
        if not text.strip():
            return
        if self._pre:
            self._emit(Piece(BlockKind.CODE, text))
        elif self._heading:
            self._emit(Piece(BlockKind.HEADING, text.strip(), self._heading))
        elif self._lists:
            indent = "  " * (len(self._lists) - 1)
            lines = " ".join(line.strip() for line in text.split("\n") if line.strip())
            self._items.append(f"{indent}{self._marker or '  '}{lines}")
            self._marker = ""
        else:
            self._emit(Piece(BlockKind.TEXT, text))

    def _emit(self, piece: Piece) -> None:
        self._flush_items()
        self._out.append(piece)

    def _flush_items(self) -> None:
        if self._items:
            self._out.append(Piece(BlockKind.LIST, "\n".join(self._items)))
            self._items = []

    def _open_item(self) -> None:
        number = self._lists[-1] if self._lists else -1
        self._marker = "- " if number < 0 else f"{number}. "
        if number > 0:
            self._lists[-1] += 1

    def _open_table(self) -> None:
        if self._tables and not self._tables[-1].is_layout:
            self._out.extend(self._tables[-1].piece())
            self._tables[-1].rows.clear()
            self._tables[-1].is_layout = True
        self._flush_items()
        self._tables.append(_Table())

    def _close_cell(self) -> None:
        span = self._spans.pop() if self._spans else 1
        table = self._tables[-1]
        if table.is_layout:
            self._flush()
            return
        if not table.rows:
            table.rows.append([])
        table.rows[-1] += ["".join(self._words).strip(), *[""] * (span - 1)]
        self._words = []

    def _close_table(self) -> None:
        table = self._tables.pop()
        self._flush_items()
        if self._words and not table.is_layout and table.rows:
            table.rows[-1].append("".join(self._words).strip())
            self._words = []
        self._out.extend(table.piece())
