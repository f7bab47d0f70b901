"""Drawings in the PDF."""

from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable

from apps.ops.reports.drawing import Box, Drawing, Line, Words
from apps.ops.reports.printing.fonts import BOLD, REGULAR, runs
from apps.ops.reports.printing.styles import COLOURS


class Drawn(Flowable):  # type: ignore[misc]  # reportlab has no types
    """A drawing that stands where it comes in the text."""

    def __init__(self, drawing: Drawing) -> None:
        super().__init__()
        self.drawing = drawing
        self.width, self.height = drawing.width, drawing.height

    def wrap(self, _width: float, _height: float) -> tuple[float, float]:
        """Its size, whatever room there is."""
        return self.width, self.height

    def draw(self) -> None:
        """Mark by mark; the canvas has its origin below."""
        for mark in self.drawing.marks:
            if isinstance(mark, Box):
                self._box(mark)
            elif isinstance(mark, Line):
                self._line(mark)
            else:
                write(self.canv, mark, self.height - mark.y)

    def _box(self, mark: Box) -> None:
        canvas: Canvas = self.canv
        canvas.saveState()
        canvas.setFillColor(COLOURS[mark.tone])
        canvas.setFillAlpha(mark.opacity)
        bottom = self.height - mark.y - mark.height
        canvas.rect(mark.x, bottom, mark.width, mark.height, stroke=0, fill=1)
        canvas.restoreState()

    def _line(self, mark: Line) -> None:
        canvas: Canvas = self.canv
        canvas.saveState()
        canvas.setStrokeColor(COLOURS[mark.tone])
        canvas.setLineWidth(mark.width)
        canvas.setLineJoin(1)
        if mark.is_dashed:
            canvas.setDash(2, 2)
        path = canvas.beginPath()
        (first_x, first_y), *others = mark.points
        path.moveTo(first_x, self.height - first_y)
        for x, y in others:
            path.lineTo(x, self.height - y)
        canvas.drawPath(path, stroke=1, fill=0)
        canvas.restoreState()


def write(canvas: Canvas, mark: Words, y: float) -> None:
    """A line of text at this height of the page."""
    pieces = runs(mark.text, BOLD if mark.is_bold else REGULAR)
    widths = [stringWidth(piece, font, mark.size) for font, piece in pieces]
    total = sum(widths)
    x = mark.x - {"start": 0.0, "middle": total / 2, "end": total}[mark.anchor]
    canvas.setFillColor(COLOURS[mark.tone])
    for (font, piece), width in zip(pieces, widths, strict=True):
        canvas.setFont(font, mark.size)
        canvas.drawString(x, y, piece)
        x += width
