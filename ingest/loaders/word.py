"""Documents of word processors: DOCX, ODT, RTF, DOC."""

import re
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from ingest.loaders.extraction import Extraction, encrypted, extract, extract_bytes
from ingest.loaders.markdown_blocks import split_markdown
from ingest.loaders.page_builder import PageBuilder, Piece
from ingest.loaders.protocol import BlockKind, FileFacts, ParsedPage
from ingest.loaders.rtf_charsets import with_unicode

_DOC = "application/msword"
_RTF = "application/rtf"
_FIELD = re.compile(  # the code of a field, which Word stores before its result
    r'\s*\b(?:HYPERLINK|SEQ|PAGEREF|REF|TOC)\b\s*(?:"[^"\n]*"|[^\s"]+)(?:\s*\\\*?\s*[A-Za-z]+)*\s*'
)
_BOLD = re.compile(r"(\*{2,3})([ \t]*)([^*\n]*?)([ \t]*)\1")


class WordLoader:
    """Headings by style, lists and tables; a page ends where the author put a page break."""

    name = "word"
    media_types = frozenset(
        {
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            "application/vnd.oasis.opendocument.text",
            _RTF,
            _DOC,
        }
    )

    def load(self, path: Path, media_type: str, filename: str) -> Iterator[FileFacts | ParsedPage]:
        _refuse_encrypted(path, media_type)
        plain = media_type == _DOC
        if media_type == _RTF:
            extraction = extract_bytes(with_unicode(path.read_bytes()), media_type)
        else:
            extraction = extract(path, media_type, output_format="plain" if plain else "markdown")
        yield extraction.facts(media_type)
        builder = PageBuilder()
        if plain:
            yield from builder.paged(_doc_pieces(extraction.content))
            return
        for text in _texts(extraction):
            yield from builder.paged(split_markdown(_with_tight_marks(text)))


def _refuse_encrypted(path: Path, media_type: str) -> None:
    """ODF encrypts each part and says so in its manifest (ODF 1.3 part 2, 3.4)."""
    if not media_type.startswith("application/vnd.oasis"):
        return
    with suppress(zipfile.BadZipFile, KeyError), zipfile.ZipFile(path) as archive:
        with archive.open("META-INF/manifest.xml") as manifest:
            is_encrypted = b"encryption-data" in manifest.read(1 << 20)
        if is_encrypted:
            raise encrypted()


def _texts(extraction: Extraction) -> list[str]:
    return [text for _, text in extraction.pages] or [extraction.content]


def _with_tight_marks(text: str) -> str:
    """Runs that Word made bold together with a blank: in Markdown a mark stands at a word."""

    def tight(run: re.Match[str]) -> str:
        marks = run[1] if run[3] else ""
        return f"{run[2]}{marks}{run[3]}{marks}{run[4]}"

    return _BOLD.sub(tight, text)


def _doc_pieces(text: str) -> Iterator[Piece]:
    """Word 97 text has one paragraph a line; cells end with a tab, rows with two."""
    for line in _FIELD.sub(" ", text).split("\n"):
        if line.count("\t\t") >= 2:
            rows = [row.split("\t") for row in line.strip("\t").split("\t\t")]
            yield Piece(BlockKind.TABLE, rows=rows)
        else:
            yield Piece(BlockKind.TEXT, line)
