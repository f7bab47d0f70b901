"""Electronic books: EPUB. A chapter file of the spine is a page."""

import posixpath
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote
from xml.etree import ElementTree as ET

from ingest.loaders import encodings
from ingest.loaders.html_blocks import split_html
from ingest.loaders.page_builder import PageBuilder
from ingest.loaders.protocol import FileFacts, LoadError, ParsedPage

_MAX_PART = 64 << 20
_DAMAGED = "The e-book is damaged. Export it again from the program that made it."


class EbookLoader:
    """Chapters in the order of the spine; headings as in HTML."""

    name = "ebook"
    media_types = frozenset({"application/epub+zip"})

    def load(self, path: Path, media_type: str, filename: str) -> Iterator[FileFacts | ParsedPage]:
        try:
            with zipfile.ZipFile(path) as book:
                yield from _load(book, media_type)
        except (
            zipfile.BadZipFile,
            ET.ParseError,
            KeyError,
            RuntimeError,
            NotImplementedError,
        ) as error:
            raise LoadError("damaged", _DAMAGED) from error


def _load(book: zipfile.ZipFile, media_type: str) -> Iterator[FileFacts | ParsedPage]:
    if "META-INF/encryption.xml" in book.namelist() and "META-INF/rights.xml" in book.namelist():
        raise LoadError("encrypted", "The e-book is protected by DRM and cannot be read.")
    container = _xml(book, "META-INF/container.xml")
    root = next(e.get("full-path", "") for e in container.iter() if e.tag.endswith("rootfile"))
    package = _xml(book, root)
    yield FileFacts(media_type=media_type, title=_meta(package, "title"), metadata=_people(package))
    builder = PageBuilder()
    for name in _spine(package, posixpath.dirname(root)):
        if name not in book.namelist():
            continue
        data = _read(book, name)
        text = encodings.decode(data, encodings.declared_charset(data[:1024]))
        yield from builder.paged(split_html(text)[1])


def _spine(package: ET.Element, folder: str) -> Iterator[str]:
    files = {e.get("id"): e.get("href", "") for e in package.iter() if e.tag.endswith("}item")}
    for reference in (e for e in package.iter() if e.tag.endswith("}itemref")):
        href = unquote(files.get(reference.get("idref"), "").partition("#")[0])
        if href:
            yield posixpath.normpath(posixpath.join(folder, href))


def _meta(package: ET.Element, name: str) -> str:
    found = (e.text or "" for e in package.iter() if e.tag.endswith("}" + name))
    return next(found, "").strip()


def _people(package: ET.Element) -> dict[str, str]:
    named = {"author": _meta(package, "creator"), "language": _meta(package, "language")}
    return {name: value for name, value in named.items() if value}


def _xml(book: zipfile.ZipFile, name: str) -> ET.Element:
    data = _read(book, name)
    if re.search(rb"<!ENTITY", data):
        raise LoadError("damaged", _DAMAGED)
    return ET.fromstring(data)  # noqa: S314  entities are refused above


def _read(book: zipfile.ZipFile, name: str) -> bytes:
    if book.getinfo(name).file_size > _MAX_PART:
        raise LoadError("too_large", f"A part of the e-book is larger than {_MAX_PART >> 20} MB.")
    return book.read(name)
