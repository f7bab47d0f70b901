"""PDF files written by hand, as large as a test needs them."""

from collections.abc import Sequence

BRANCH = 100  # pages that hang on one branch of the page tree


def pdf_of(texts: Sequence[str], *, filling: int = 0) -> bytes:
    """A PDF of one line of ASCII a page; `filling` bytes of drawing make each page heavier."""
    branches = range(0, len(texts), BRANCH)
    first = 4 + len(branches)  # catalog, tree, font, branches, then two objects a page
    kids = b" ".join(b"%d 0 R" % (4 + number) for number in range(len(branches)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Count %d /Kids [%s] >>" % (len(texts), kids),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    for start in branches:
        pages = range(start, min(start + BRANCH, len(texts)))
        kids = b" ".join(b"%d 0 R" % (first + 2 * page) for page in pages)
        objects.append(
            b"<< /Type /Pages /Parent 2 0 R /Count %d /Kids [%s] >>" % (len(pages), kids)
        )
    for page, text in enumerate(texts):
        objects += _page(
            text, parent=4 + page // BRANCH, content=first + 2 * page + 1, fill=filling
        )
    return _file(objects)


def _page(text: str, *, parent: int, content: int, fill: int) -> tuple[bytes, bytes]:
    words = text.replace("\\", r"\\").replace("(", r"\(").replace(")", r"\)")
    drawn = b"BT /F1 14 Tf 72 700 Td (%s) Tj ET" % words.encode("ascii")
    drawn += b"\n0 0 m 0 0 l n" * (fill // 14)
    page = b"<< /Type /Page /Parent %d 0 R /MediaBox [0 0 612 792] /Contents %d 0 R" % (
        parent,
        content,
    )
    resources = b" /Resources << /Font << /F1 3 0 R >> >> >>"
    return page + resources, b"<< /Length %d >>\nstream\n%s\nendstream" % (len(drawn), drawn)


def _file(objects: Sequence[bytes]) -> bytes:
    parts, places, at = [b"%PDF-1.4\n"], [], 9
    for number, body in enumerate(objects, 1):
        places.append(b"%010d 00000 n \n" % at)
        parts.append(b"%d 0 obj\n%s\nendobj\n" % (number, body))
        at += len(parts[-1])
    parts.append(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    parts += places
    parts.append(b"trailer\n<< /Size %d /Root 1 0 R >>\n" % (len(objects) + 1))
    parts.append(b"startxref\n%d\n%%%%EOF\n" % at)
    return b"".join(parts)
