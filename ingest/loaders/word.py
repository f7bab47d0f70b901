"""Documents of word processors: DOCX, ODT, RTF, DOC."""

import re
from collections.abc import Iterator
from pathlib import Path

from ingest.loaders.extraction import Extraction, extract
from ingest.loaders.markdown_blocks import split_markdown
from ingest.loaders.page_builder import PageBuilder, Piece
from ingest.loaders.protocol import BlockKind, FileFacts, ParsedPage

_DOC = "application/msword"
_FIELD = re.compile(
    r'\x13?\s*(?:SEQ|HYPERLINK|PAGEREF|REF|TOC|PAGE)\b[^\x14\n"]*(?:"[^"\n]*")?[^\x14\n"]{0,40}?(?:\x14|(?=\d))'
)


class WordLoader:
    """Headings by style, lists and tables; a page ends where the author put a page break."""

    name = "word"
    media_types = frozenset(
        {
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            "application/vnd.oasis.opendocument.text",
            "application/rtf",
            _DOC,
        }
    )

    def load(self, path: Path, media_type: str, filename: str) -> Iterator[FileFacts | ParsedPage]:
        plain = media_type == _DOC
        extraction = extract(path, media_type, output_format="plain" if plain else "markdown")
        yield extraction.facts(media_type)
        builder = PageBuilder()
        if plain:
            yield from builder.paged(_doc_pieces(extraction.content))
            return
        for text in _texts(extraction):
            yield from builder.paged(split_markdown(text))


def _texts(extraction: Extraction) -> list[str]:
    return [text for _, text in extraction.pages] or [extraction.content]


def _doc_pieces(text: str) -> Iterator[Piece]:
    """Word 97 text has one paragraph a line; cells end with a tab, rows with two."""
    for line in text.split("\n"):
        line = _FIELD.sub("", line)
        if line.count("\t\t") >= 2:
            rows = [row.split("\t") for row in line.strip("\t").split("\t\t")]
            yield Piece(BlockKind.TABLE, rows=rows)
        else:
            yield Piece(BlockKind.TEXT, line)
