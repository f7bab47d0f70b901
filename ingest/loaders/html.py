"""Web pages."""

from collections.abc import Iterator
from pathlib import Path

from ingest.loaders import encodings
from ingest.loaders.html_blocks import split_html
from ingest.loaders.page_builder import PageBuilder
from ingest.loaders.protocol import FileFacts, ParsedPage


class HtmlLoader:
    """Scripts, styles and navigation are dropped; nothing that the page refers to is fetched."""

    name = "html"
    media_types = frozenset({"text/html", "application/xhtml+xml"})

    def load(self, path: Path, media_type: str, filename: str) -> Iterator[FileFacts | ParsedPage]:
        data = path.read_bytes()
        text = encodings.decode(data, encodings.declared_charset(data))
        title, pieces = split_html(text)
        yield FileFacts(media_type=media_type, title=title)
        yield from PageBuilder().paged(pieces)
