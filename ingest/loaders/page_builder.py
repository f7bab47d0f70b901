"""Builds the clean text of a page and the exact spans of its blocks."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from ingest.loaders.protocol import Block, BlockKind, ParsedPage

PAGE_CHARS = 20_000  # formats without pages are cut here, between blocks

# Dropped: controls, soft hyphens, zero-width marks, lone surrogates, non-characters.
_DROPPED = re.compile(
    "[\x00-\x08\x0b\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u200b\u2060\ufeff\ud800-\udfff\ufffe\uffff]"
)
_NEWLINES = re.compile("\r\n?|[\x85\u2028\u2029\x0b\x0c]")
_SPACES = re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f]")
_CHAPTER_CHARS = 40
_CHAPTERS = tuple(
    (re.compile(rf"^{mark}[^。！？；，:：.;,…]*$"), level)
    for mark, level in (
        ("第[一二三四五六七八九十百零〇\\d]{1,6}[章编編篇部][\\s、]?", 1),
        ("第[一二三四五六七八九十百零〇\\d]{1,6}[节節][\\s、]?", 2),
        ("[一二三四五六七八九十]{1,3}、", 3),
    )
)
_BLANKS = re.compile(r"[ \t]+\n")
_MANY_BLANKS = re.compile(r"[ \t\u3000]{2,}")


def clean(text: str) -> str:
    """Normalise line ends and spaces; drop what nobody can see. Layout in lines stays."""
    text = _DROPPED.sub("", _NEWLINES.sub("\n", text))
    return _BLANKS.sub("\n", _SPACES.sub(" ", text)).strip("\n").rstrip()


def clean_line(text: str) -> str:
    """The same for prose: runs of blanks collapse, no line starts with one."""
    lines = (_MANY_BLANKS.sub(" ", line).strip() for line in clean(text).split("\n"))
    return "\n".join(line for line in lines if line)


@dataclass(frozen=True, slots=True)
class Piece:
    """A block before it has a place: prose, list or code as text, a table as rows."""

    kind: BlockKind
    text: str = ""
    level: int = 0
    rows: Sequence[Sequence[str]] = ()
    has_header: bool = True  # whether the first row of a table names its columns


def _chapter_level(text: str) -> int:
    """The level of a line that numbers a chapter the way Chinese documents do, else 0."""
    if len(text) > _CHAPTER_CHARS or "\n" in text:
        return 0
    return next((level for pattern, level in _CHAPTERS if pattern.match(text)), 0)


class PageBuilder:
    """Collects pieces and gives them as pages whose blocks have exact spans."""

    def __init__(self, number: int = 1, label: str = "") -> None:
        self.number = number
        self.label = label
        self._parts: list[str] = []
        self._blocks: list[Block] = []
        self._length = 0

    def add(self, piece: Piece) -> None:
        """Append one piece, cleaned. A piece without visible text is left out."""
        if piece.kind is BlockKind.TABLE:
            text, header = _table(piece.rows, has_header=piece.has_header)
            self._append(piece.kind, text, header=header)
        elif piece.kind is BlockKind.HEADING:
            text = clean_line(piece.text).replace("\n", " ")
            self._append(piece.kind, text, level=min(max(piece.level, 1), 6))
        elif piece.kind is BlockKind.TEXT:
            text = clean_line(piece.text)
            level = _chapter_level(text)
            self._append(BlockKind.HEADING if level else piece.kind, text, level=level)
        else:
            self._append(piece.kind, clean(piece.text))

    def paged(self, pieces: Iterable[Piece]) -> Iterator[ParsedPage]:
        """Add pieces; yield a page whenever about PAGE_CHARS are together, and the rest."""
        for piece in pieces:
            if self._length >= PAGE_CHARS and (page := self.page()):
                yield page
            self.add(piece)
        if page := self.page():
            yield page

    def page(self) -> ParsedPage | None:
        """What was collected, as one page; None when there is no text. The builder starts anew."""
        if not self._blocks:
            return None
        page = ParsedPage(self.number, "".join(self._parts), tuple(self._blocks), self.label)
        self._parts, self._blocks, self._length = [], [], 0
        self.number += 1
        return page

    def _append(self, kind: BlockKind, text: str, *, level: int = 0, header: str = "") -> None:
        if not text.strip():
            return
        if self._parts:
            self._parts.append("\n\n")
            self._length += 2
        start = self._length
        self._parts.append(text)
        self._length += len(text)
        self._blocks.append(Block(kind, start, self._length, level, header))


def _table(rows: Iterable[Sequence[str]], *, has_header: bool) -> tuple[str, str]:
    """A Markdown table and its header (first row with its rule). Blank rows and columns go.

    A table without names of columns has an empty first row, as Markdown wants, and no header.
    """
    kept = [[_cell(cell) for cell in row] for row in rows]
    kept = [row for row in kept if any(row)]
    if not kept:
        return "", ""
    filled = sorted({i for row in kept for i, cell in enumerate(row) if cell})
    lines = [_row([row[i] if i < len(row) else "" for i in filled]) for row in kept]
    if not has_header:
        lines.insert(0, _row([""] * len(filled)))
    header = f"{lines[0]}\n|{' --- |' * len(filled)}"
    return "\n".join([header, *lines[1:]]), header if has_header else ""


def _cell(text: str) -> str:
    return clean_line(text).replace("\n", " ").replace("|", "\uff5c")


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
