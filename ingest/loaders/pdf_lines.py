"""The lines of a PDF page with their place and size: the only file that calls PDFium for text."""

import ctypes
import re
from dataclasses import dataclass

import pypdfium2
import pypdfium2.raw as pdfium

from ingest.loaders.page_builder import clean_line

_LINE = re.compile("[^\r\n\x02\ufffe]+[\x02\ufffe]?")  # PDFium runs hyphenated lines together


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text; lengths in points, `y` of its baseline from the page's foot."""

    text: str
    x: float
    right: float
    y: float
    size: float
    is_bold: bool


def read_lines(page: pypdfium2.PdfPage) -> list[Line]:
    """Lines in the order of the content stream. A soft hyphen at a line's end stays as U+0002."""
    textpage = page.get_textpage()
    try:
        count = pdfium.FPDFText_CountChars(textpage)
        if count <= 0:
            return []
        buffer = (ctypes.c_ushort * (count + 1))()
        written = pdfium.FPDFText_GetText(textpage, 0, count, buffer)
        units = memoryview(buffer).cast("B")[: max(written - 1, 0) * 2]
        text = bytes(units).decode("utf-16-le", errors="surrogatepass")
        geometry = _Geometry(textpage)
        lines = (geometry.line(match) for match in _LINE.finditer(text))
        return _printed([line for line in lines if line])
    finally:
        textpage.close()


def _printed(lines: list[Line]) -> list[Line]:
    """Put together what stands on one printed line: PDFium parts it at superscripts and cells."""
    printed: list[Line] = []
    for line in lines:
        last = printed[-1] if printed else None
        if (
            last
            and abs(last.y - line.y) < 0.45 * max(last.size, line.size)
            and line.x >= last.right - 2
        ):
            gap = " " if line.x - last.right > 0.15 * max(last.size, line.size) else ""
            wider = last if len(last.text) >= len(line.text) else line
            text = last.text.rstrip("\x02") + gap + line.text
            printed[-1] = Line(text, last.x, line.right, wider.y, wider.size, wider.is_bold)
        else:
            printed.append(line)
    return printed


class _Geometry:
    """Asks PDFium about single characters, through buffers that are made once."""

    def __init__(self, textpage: pypdfium2.PdfTextPage) -> None:
        self._textpage = textpage
        self._box = [ctypes.c_double() for _ in range(4)]
        self._pointers = [ctypes.byref(value) for value in self._box]

    def line(self, match: re.Match[str]) -> Line | None:
        raw = match[0].replace("\ufffe", "\x02")
        text = clean_line(raw.rstrip("\x02 "))
        if not text:
            return None
        ends_soft = raw.rstrip().endswith("\x02")
        first = match.start() + len(match[0]) - len(match[0].lstrip())
        last = match.start() + len(match[0].rstrip("\x02\ufffe ")) - 1
        left, _ = self._box_of(first)
        _, right = self._box_of(last)
        size = float(pdfium.FPDFText_GetFontSize(self._textpage, first))
        is_bold = pdfium.FPDFText_GetFontWeight(self._textpage, first) >= 600
        return Line(text + "\x02" * ends_soft, left, right, self._baseline(first), size, is_bold)

    def _box_of(self, index: int) -> tuple[float, float]:
        left, right, _bottom, _top = self._box
        pdfium.FPDFText_GetCharBox(self._textpage, index, *self._pointers)
        return left.value, right.value

    def _baseline(self, index: int) -> float:
        pdfium.FPDFText_GetCharOrigin(self._textpage, index, *self._pointers[:2])
        return self._box[1].value
