"""The fonts of the PDF: ours, embedded with the characters that are used, and no others."""

from functools import cache
from pathlib import Path
from xml.sax.saxutils import escape

from reportlab.pdfbase.pdfmetrics import registerFont, registerFontFamily
from reportlab.pdfbase.ttfonts import TTFont

FOLDER = Path(__file__).resolve().parents[1] / "fonts"
REGULAR, BOLD = "Report", "Report-Bold"
UNKNOWN = "□"  # in place of a character that the fonts do not have
_FILES = {REGULAR: "NotoSansCJKReport-Regular.ttf", BOLD: "NotoSansCJKReport-Bold.ttf"}


@cache
def register() -> dict[str, frozenset[int]]:
    """Have reportlab know them; returns the code points that each has."""
    there = {}
    for name, file in _FILES.items():
        font = TTFont(name, str(FOLDER / file))
        registerFont(font)
        there[name] = frozenset(font.face.charToGlyph)
    registerFontFamily(REGULAR, normal=REGULAR, bold=BOLD, italic=REGULAR, boldItalic=BOLD)
    return there


def runs(text: str, font: str) -> list[tuple[str, str]]:
    """The text in pieces, each with a font that has its characters: bold ones that are missing come
    from the regular one."""
    there = register()
    found: list[tuple[str, str]] = []
    for character in text.replace("\t", " ").replace("\n", " "):
        code = ord(character)
        best = font if code in there[font] else REGULAR
        shown = character if code in there[best] else UNKNOWN
        if found and found[-1][0] == best:
            found[-1] = (best, found[-1][1] + shown)
        else:
            found.append((best, shown))
    return found


def marked(text: str, font: str) -> str:
    """The text for a paragraph of this font: nothing in it is markup."""
    return "".join(
        escape(piece) if name == font else f'<font name="{name}">{escape(piece)}</font>'
        for name, piece in runs(text, font)
    )
