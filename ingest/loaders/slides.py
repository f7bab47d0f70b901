"""Presentations: PPTX and PPT. A slide is a page, its title the label."""

from collections.abc import Iterator
from pathlib import Path

from ingest.loaders.extraction import extract, marked_pages
from ingest.loaders.markdown_blocks import split_markdown
from ingest.loaders.page_builder import PageBuilder, Piece
from ingest.loaders.protocol import BlockKind, FileFacts, ParsedPage


class SlidesLoader:
    """Text, tables and notes of each slide."""

    name = "slides"
    media_types = frozenset(
        {
            "application/vnd.openxmlformats-officedocument.presentationml.presentation",
            "application/vnd.ms-powerpoint",
        }
    )

    def load(self, path: Path, media_type: str, filename: str) -> Iterator[FileFacts | ParsedPage]:
        extraction = extract(path, media_type)
        yield extraction.facts(media_type)
        for number, text in marked_pages(extraction.content):
            pieces = list(split_markdown(text.replace("\\![", "![")))
            builder = PageBuilder(number, _label(pieces))
            for piece in pieces:
                builder.add(piece)
            if page := builder.page():
                yield page


def _label(pieces: list[Piece]) -> str:
    titles = (piece.text for piece in pieces if piece.kind is BlockKind.HEADING)
    return next(titles, "").strip()[:120]
