"""Documents of a pack, one after the other, each checked: what refers to something finds it."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext
from pydantic import ValidationError

from apps.ops.packs import schema
from apps.ops.packs.opened import Pack, first_problem
from apps.ops.packs.refusals import refused
from apps.ops.packs.schema import ChunkLine, DocumentLine, PageLine, VersionLine
from ingest.pages import PAGE_SEPARATOR


@dataclass(slots=True)
class PackedVersion:
    """A version with its pages and chunks."""

    line: VersionLine
    pages: list[PageLine] = field(default_factory=list)
    chunks: list[ChunkLine] = field(default_factory=list)

    def text(self) -> str:
        """What the chunks are cut out of."""
        return PAGE_SEPARATOR.join(page.text for page in self.pages)


@dataclass(slots=True)
class PackedDocument:
    """A document with its versions, oldest first; the last one is live."""

    line: DocumentLine
    versions: list[PackedVersion] = field(default_factory=list)


def documents_in(pack: Pack) -> Iterator[PackedDocument]:
    """Every document, ordered by path. Holds one at a time.

    Raises PackRefused, naming member and line, for what is malformed or does not fit together.
    """
    document: PackedDocument | None = None
    place, last_path = "", b""
    for place, line in _lines(pack):
        if isinstance(line, DocumentLine):
            if document:
                yield _checked(document, place)
            if (path := line.path.encode()) <= last_path:
                raise refused(place, gettext("this path is there twice, or out of order"))
            document, last_path = PackedDocument(line), path
        elif document is None:
            raise refused(place, gettext("it belongs to no document"))
        elif isinstance(line, VersionLine):
            document.versions.append(PackedVersion(line))
        elif not document.versions:
            raise refused(place, gettext("it belongs to no version"))
        elif isinstance(line, PageLine):
            document.versions[-1].pages.append(line)
        else:
            document.versions[-1].chunks.append(line)
    if document:
        yield _checked(document, place)


def _lines(pack: Pack) -> Iterator[tuple[str, Any]]:
    for name in pack.parts("content", ".jsonl"):
        for number, line in enumerate(pack.lines(name), start=1):
            try:
                yield f"{name}, line {number}", schema.CONTENT.validate_json(line)
            except ValidationError as error:
                raise refused(f"{name}, line {number}", first_problem(error)) from None


def _checked(document: PackedDocument, place: str) -> PackedDocument:
    """The document; `place` is where it ends, for want of a better one."""
    where = f"{place.partition(',')[0]}, document {document.line.path[:200]!r}"
    numbers = [version.line.number for version in document.versions]
    if [version.line.is_live for version in document.versions] != [False] * (len(numbers) - 1) + [
        True
    ]:
        raise refused(where, gettext("its last version, and only that, must be live"))
    if numbers != sorted(set(numbers)):
        raise refused(where, gettext("its versions are out of order"))
    for version in document.versions:
        if problem := _problem(version):
            values = {"number": version.line.number, "problem": problem}
            raise refused(where, gettext("version %(number)s: %(problem)s") % values)
    return document


def _problem(version: PackedVersion) -> str:
    line = version.line
    if (len(version.pages), len(version.chunks)) != (line.pages, line.chunks):
        return gettext("pages or chunks are missing")
    if not (line.is_live or line.is_history_kept):
        return gettext("it is neither live nor kept as history")
    numbers = [page.number for page in version.pages]
    if numbers != sorted(set(numbers)):
        return gettext("its pages are out of order")
    ordinals = [chunk.ordinal for chunk in version.chunks]
    if ordinals != sorted(set(ordinals)):
        return gettext("its chunks are out of order")
    text, known = version.text(), set(numbers)
    for chunk in version.chunks:
        if problem := _chunk_problem(chunk, text, known):
            values = {"number": chunk.ordinal, "problem": problem}
            return gettext("chunk %(number)s: %(problem)s") % values
    return ""


def _chunk_problem(chunk: ChunkLine, text: str, pages: set[int]) -> str:
    if chunk.page not in pages:
        return gettext("its page is not there")
    if not chunk.start < chunk.end <= len(text):
        return gettext("its span is outside of the text")
    if chunk.sha256 != sha256_of(chunk.context, text[chunk.start : chunk.end]):
        return gettext("the hash is not that of its text")
    return ""


def sha256_of(context: str, text: str) -> str:
    """The hash of a chunk as it is indexed: `Chunk.text_sha256`."""
    indexed = f"{context}\n{text}" if context else text
    return hashlib.sha256(indexed.encode()).hexdigest()
