"""The lines of a PDF page with their place and size: the only file that calls PDFium for text."""

import ctypes
import math
import re
from dataclasses import replace

import pypdfium2
import pypdfium2.raw as pdfium

from ingest.loaders.page_builder import clean_line
from ingest.loaders.pdf_cells import FIGURE_GAP_EM, GAP_EM, Cell, Line, is_wide, printed, tidy

_LINE = re.compile("[^\r\n\x02\ufffe]+[\x02\ufffe]?")  # PDFium runs hyphenated lines together
_FIGURES = re.compile(r"[\d%)—][ \u00a0]+[\d$€£¥￥(—]")
_GAP = re.compile("(?<=[^ \u00a0])[ \u00a0]+(?=[^ \u00a0\x02\ufffe])")


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
        matches, lines = [], []
        for match in _LINE.finditer(text):
            if line := geometry.line(match):
                matches.append(match)
                lines.append(line)
        _find_cells(geometry, matches, lines)
        return printed(lines)
    finally:
        textpage.close()


def _find_cells(geometry: "_Geometry", matches: list[re.Match[str]], lines: list[Line]) -> None:
    """Look for cells in lines that are wider than their text, then in the lines around them.

    Asking for the box of every character would cost as much as all the rest.
    """
    asked: set[int] = set()
    waiting = [i for i, line in enumerate(lines) if is_wide(line)]
    while waiting:
        i = waiting.pop()
        if i in asked or not 0 <= i < len(lines):
            continue
        asked.add(i)
        if cells := geometry.cells(matches[i], lines[i]):
            lines[i] = replace(lines[i], cells=cells)
            waiting += (i - 1, i + 1)


class _Geometry:
    """Asks PDFium about single characters, through buffers that are made once."""

    def __init__(self, textpage: pypdfium2.PdfTextPage) -> None:
        self._textpage = textpage
        self._box = [ctypes.c_double() for _ in range(4)]
        self._pointers = [ctypes.byref(value) for value in self._box]
        self._matrix = pdfium.FS_MATRIX()
        self._matrix_pointer = ctypes.byref(self._matrix)

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
        size = self._size(first)
        is_bold = pdfium.FPDFText_GetFontWeight(self._textpage, first) >= 600
        return Line(text + "\x02" * ends_soft, left, right, self._baseline(first), size, is_bold)

    def cells(self, match: re.Match[str], line: Line) -> tuple[Cell, ...]:
        """The parts of a line between wide gaps, when there are two or more."""
        cells, begin, left = [], 0, line.x
        for gap in _GAP.finditer(match[0]):
            at = match.start() + gap.start()
            if pdfium.FPDFText_GetUnicode(self._textpage, at) not in {0x20, 0xA0}:
                return ()  # the text and the characters of the page are numbered differently
            _, right = self._box_of(at - 1)
            next_left, _ = self._box_of(match.start() + gap.end())
            narrowest = FIGURE_GAP_EM if _FIGURES.match(match[0], gap.start() - 1) else GAP_EM
            if next_left - right > narrowest * line.size:
                cells.append(Cell(left, right, clean_line(match[0][begin : gap.start()])))
                begin, left = gap.end(), next_left
        if not cells:
            return ()
        rest = clean_line(match[0][begin:].rstrip("\x02\ufffe "))
        return tidy((*cells, Cell(left, line.right, rest)))

    def _size(self, index: int) -> float:
        """The size as printed: the font's size is often 1, and the matrix makes it larger."""
        size = float(pdfium.FPDFText_GetFontSize(self._textpage, index))
        if pdfium.FPDFText_GetMatrix(self._textpage, index, self._matrix_pointer):
            return size * (math.hypot(self._matrix.c, self._matrix.d) or 1.0)
        return size

    def _box_of(self, index: int) -> tuple[float, float]:
        left, right, _bottom, _top = self._box
        pdfium.FPDFText_GetCharBox(self._textpage, index, *self._pointers)
        return left.value, right.value

    def _baseline(self, index: int) -> float:
        pdfium.FPDFText_GetCharOrigin(self._textpage, index, *self._pointers[:2])
        return self._box[1].value
