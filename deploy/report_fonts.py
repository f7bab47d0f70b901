"""Makes the fonts of the reports from Debian's fonts-noto-cjk: subsets, with TrueType outlines.

Usage: report_fonts.py. Needs fonttools (requirements-dev) and the package; the result is committed.
Characters of GB 2312 have the shapes of mainland China, those only in Big5 the shapes of Taiwan.
"""

from collections.abc import Iterator
from pathlib import Path

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTCollection, TTFont

SOURCE = Path("/usr/share/fonts/opentype/noto")
TARGET = Path(__file__).resolve().parents[1] / "apps/ops/reports/fonts"
SIMPLIFIED, TRADITIONAL, KOREAN = (f"Noto Sans CJK {place}" for place in ("SC", "TC", "KR"))
# As wide as they are among Latin letters, which the Korean face alone has.
NARROW = (0xB7, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2026)
MOST_OFF = 2.0  # of 1000 units: how far a quadratic curve may be from the cubic one
LICENCE = (
    "This Font Software is licensed under the SIL Open Font License, Version 1.1. "
    "https://openfontlicense.org"
)
COPYRIGHT = "© 2014-2021 Adobe (http://www.adobe.com/), with Reserved Font Name 'Source'. Subset."
# Latin, Greek, Cyrillic, punctuation, currencies, arrows, kana, full width.
PLAIN = (
    (0x20, 0x7E), (0xA0, 0x17F), (0x370, 0x3FF), (0x400, 0x45F), (0x2010, 0x2044), (0x20A0, 0x20BF),
    (0x2100, 0x214F), (0x2160, 0x217B), (0x2190, 0x2199), (0x2200, 0x22FF), (0x2460, 0x2473),
    (0x25A0, 0x25CF), (0x3000, 0x30FF), (0xFF01, 0xFFEE),
)  # fmt: skip
OFTEN = {"Regular": range(0xB0, 0xF8), "Bold": range(0xB0, 0xD8)}  # rows of GB 2312
TRADITIONAL_ROWS = {"Regular": range(0xA4, 0xFA), "Bold": range(0xA4, 0xC7)}  # of Big5


def encoded(encoding: str, rows: range) -> Iterator[str]:
    """The characters in rows of a two-byte encoding."""
    for first in rows:
        for second in range(0x40, 0xFF):
            try:
                yield bytes([first, second]).decode(encoding)
            except UnicodeDecodeError:
                continue


def wanted(weight: str) -> tuple[set[int], set[int]]:
    """Code points with the shapes of the mainland, and with those of Taiwan."""
    simplified = {ord(one) for one in encoded("gb2312", OFTEN[weight])}
    simplified |= {code for first, last in PLAIN for code in range(first, last + 1)}
    simplified |= {ord(one) for one in encoded("gb2312", range(0xA1, 0xAA))}
    traditional = {ord(one) for one in encoded("big5", TRADITIONAL_ROWS[weight])}
    everywhere = {ord(one) for one in encoded("gb2312", range(0xB0, 0xF8))}
    return simplified, traditional - everywhere - simplified


def faces(weight: str) -> dict[str, TTFont]:
    """The fonts of the collection by name; they share their outlines."""
    collection = TTCollection(SOURCE / f"NotoSansCJK-{weight}.ttc")
    return {str(font["name"].getDebugName(1)): font for font in collection.fonts} | {
        str(font["name"].getDebugName(16)): font for font in collection.fonts
    }


def build(weight: str) -> Path:
    """Write the font of this weight."""
    found = faces(weight)
    mainland, taiwan = found[SIMPLIFIED], found[TRADITIONAL]
    simplified, traditional = wanted(weight)
    cmap = {code: name for code, name in mainland.getBestCmap().items() if code in simplified}
    cmap |= {code: name for code, name in taiwan.getBestCmap().items() if code in traditional}
    cmap |= {code: found[KOREAN].getBestCmap()[code] for code in NARROW}
    order = [".notdef", *sorted(set(cmap.values()) - {".notdef"})]
    outlines, glyphs = mainland.getGlyphSet(), {}
    for name in order:
        pen = TTGlyphPen(None)
        outlines[name].draw(Cu2QuPen(pen, MOST_OFF, reverse_direction=True))
        glyphs[name] = pen.glyph()
    builder = FontBuilder(mainland["head"].unitsPerEm, isTTF=True)
    builder.setupGlyphOrder(order)
    builder.setupCharacterMap(cmap)
    builder.setupGlyf(glyphs)
    widths = {name: mainland["hmtx"][name][0] for name in order}
    lefts = {name: one.xMin if one.numberOfContours else 0 for name, one in glyphs.items()}
    builder.setupHorizontalMetrics({name: (widths[name], lefts[name]) for name in order})
    builder.setupHorizontalHeader(ascent=880, descent=-120)
    builder.setupOS2(sTypoAscender=880, sTypoDescender=-120, usWinAscent=880, usWinDescent=120)
    name = f"NotoSansCJKReport-{weight}"
    builder.setupNameTable(
        {"copyright": COPYRIGHT, "familyName": "Noto Sans CJK Report", "styleName": weight,
         "psName": name, "fullName": name, "licenseDescription": LICENCE}
    )  # fmt: skip
    builder.setupPost(keepGlyphNames=False)
    path = TARGET / f"{name}.ttf"
    builder.save(path)
    return path


def main() -> None:
    for weight in OFTEN:
        path = build(weight)
        print(f"{path.name}: {path.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
