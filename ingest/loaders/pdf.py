"""PDF files with a text layer."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pypdfium2
import pypdfium2.raw as pdfium

from ingest.loaders import pdf_layout
from ingest.loaders.page_builder import PageBuilder
from ingest.loaders.pdf_cells import Line
from ingest.loaders.pdf_edges import EdgeCounter
from ingest.loaders.pdf_lines import read_lines
from ingest.loaders.protocol import FileFacts, LoadError, ParsedPage

_WINDOW = 48  # pages held at one time, to know their running heads and feet
_META = {
    "Author": "author",
    "Subject": "subject",
    "CreationDate": "created_at",
    "ModDate": "modified_at",
}


class PdfLoader:
    """Text in reading order of the file, headings, tables; running heads and feet left out."""

    name = "pdf"
    media_types = frozenset({"application/pdf"})

    def load(self, path: Path, media_type: str, filename: str) -> Iterator[FileFacts | ParsedPage]:
        document = _open(path)
        metadata = document.get_metadata_dict(skip_empty=True)
        count = len(document)
        yield FileFacts(
            media_type=media_type,
            title=metadata.get("Title", "").strip(),
            page_count=count,
            metadata={name: metadata[key] for key, name in _META.items() if key in metadata},
        )
        found = 0
        for page in _pages(document, count):
            found += 1
            yield page
        if count and not found:
            raise LoadError(
                "no_text",
                "The PDF has no text layer: its pages are pictures (a scan), or empty. Reading "
                "text in pictures (OCR) is not part of this profile; upload one with a text layer.",
            )


def _open(path: Path) -> pypdfium2.PdfDocument:
    try:
        return pypdfium2.PdfDocument(path)
    except pypdfium2.PdfiumError as error:
        code = pdfium.FPDF_GetLastError()
        if (
            code in {pdfium.FPDF_ERR_PASSWORD, pdfium.FPDF_ERR_SECURITY}
            or "password" in str(error).lower()
        ):
            raise LoadError(
                "encrypted",
                "The PDF is protected by a password. Remove the password, then upload it again.",
            ) from error
        raise LoadError(
            "damaged",
            "The PDF is damaged and cannot be opened. Export it again, then upload it again.",
        ) from error


def _pages(document: pypdfium2.PdfDocument, count: int) -> Iterator[ParsedPage]:
    numbers = iter(range(count))
    edges = EdgeCounter()
    while window := list(islice(numbers, _WINDOW)):
        read = [(number + 1, _lines(document, number)) for number in window]
        for _, lines in read:
            edges.count(lines)
        body = pdf_layout.body_size([line for _, lines in read for line in lines])
        for number, lines in read:
            builder = PageBuilder(number)
            for piece in pdf_layout.pieces(edges.without_edges(lines), body):
                builder.add(piece)
            if page := builder.page():
                yield page


def _lines(document: pypdfium2.PdfDocument, number: int) -> list[Line]:
    """The lines of one page; a page that PDFium cannot load has none."""
    try:
        page = document[number]
    except pypdfium2.PdfiumError:
        return []
    try:
        return read_lines(page)
    except pypdfium2.PdfiumError:
        return []
    finally:
        page.close()
