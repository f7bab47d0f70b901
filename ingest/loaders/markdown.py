"""Markdown and MDX."""

from collections.abc import Iterator
from pathlib import Path

from ingest.loaders import encodings
from ingest.loaders.markdown_blocks import front_matter_title, split_markdown
from ingest.loaders.page_builder import PageBuilder
from ingest.loaders.protocol import BlockKind, FileFacts, ParsedPage


class MarkdownLoader:
    """The title is that of the front matter, else the first heading of level 1."""

    name = "markdown"
    media_types = frozenset({"text/markdown"})

    def load(self, path: Path, media_type: str, filename: str) -> Iterator[FileFacts | ParsedPage]:
        text = encodings.decode(path.read_bytes())
        pieces = list(split_markdown(text))
        first = next(
            (p.text for p in pieces[:5] if p.kind is BlockKind.HEADING and p.level == 1), ""
        )
        yield FileFacts(media_type=media_type, title=front_matter_title(text) or first)
        yield from PageBuilder().paged(pieces)
