"""Plain text, and every text format without a loader of its own."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from ingest.loaders import encodings
from ingest.loaders.markdown_blocks import is_cjk, join_lines
from ingest.loaders.page_builder import PageBuilder, Piece
from ingest.loaders.protocol import BlockKind, FileFacts, ParsedPage

_DETECT_BYTES = 1 << 20
_PARAGRAPH_LINES = 200  # text without a blank line is cut here
_ITEM = re.compile(r"^\s*([-*•·○●▪]|\d{1,3}[.)、]|[(（][\d一二三四五六七八九十]+[)）])\s*\S")
_CHAPTER = re.compile(r"^第[一二三四五六七八九十百零〇\d]{1,6}[章节節编編篇部]\s*\S{0,30}$")


class TextLoader:
    """Paragraphs by blank lines; hard-wrapped lines are joined; form feeds part pages."""

    name = "text"
    media_types = frozenset({"text/plain"})

    def load(self, path: Path, media_type: str, filename: str) -> Iterator[FileFacts | ParsedPage]:
        with path.open("rb") as file:
            codec = encodings.detect(file.read(_DETECT_BYTES))
        yield FileFacts(media_type=media_type)
        builder = PageBuilder()
        with path.open(encoding=codec, errors="replace", newline=None) as lines:
            for page_lines in _split_at_form_feeds(lines):
                yield from builder.paged(text_pieces(page_lines))


def text_pieces(lines: Iterable[str]) -> Iterator[Piece]:
    """Pieces of running text: paragraphs, and chapter headings as Chinese books write them."""
    paragraph: list[str] = []
    for line in lines:
        stripped = line.strip()
        is_heading = _CHAPTER.match(stripped)
        if not stripped or is_heading or len(paragraph) >= _PARAGRAPH_LINES:
            yield from _paragraph(paragraph)
            paragraph = []
        if is_heading:
            yield Piece(BlockKind.TEXT, stripped)  # the page builder knows its level
        elif stripped:
            paragraph.append(line.rstrip("\n"))
    yield from _paragraph(paragraph)


def _paragraph(lines: list[str]) -> Iterator[Piece]:
    if not lines:
        return
    widest = max(len(line.rstrip()) for line in lines)
    joined: list[list[str]] = []
    for line in lines:
        if joined and _continues(joined[-1][-1], line, widest):
            joined[-1].append(line)
        else:
            joined.append([line])
    yield Piece(BlockKind.TEXT, "\n".join(join_lines(group) for group in joined))


def _continues(previous: str, line: str, widest: int) -> bool:
    """Whether a line break is mere wrapping: the line before is full, and nothing new begins."""
    last = previous.rstrip()[-1:]
    if _ITEM.match(line) or widest > 200 or widest < 20:
        return False
    if is_cjk(last):
        return len(previous.rstrip()) >= 0.9 * widest and last not in "。！？；："
    return len(previous.rstrip()) >= 0.7 * widest and not line[:1].isspace()


def _split_at_form_feeds(lines: Iterable[str]) -> Iterator[list[str]]:
    page: list[str] = []
    for line in lines:
        before, *rest = line.split("\f")
        page.append(before)
        for text in rest:
            yield page
            page = [text]
        if len(page) >= 5000 and not line.strip():
            yield page
            page = []
    yield page
