"""What of a collection goes into a pack: its documents as lines, in an order of their own."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from django.db import connection
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Collate
from django.utils.translation import gettext

from apps.core.addresses import web_address
from apps.core.errors import Conflict
from apps.knowledge.access import Scope, documents_of, versions_of
from apps.knowledge.models import Chunk, Collection, Document, Page, Version, VersionState
from apps.ops.packs.content import sha256_of
from apps.ops.packs.schema import ChunkLine, DocumentLine, Line, PageLine, VersionLine
from ingest.pages import PAGE_SEPARATOR

BATCH_CHUNKS, BATCH_DOCUMENTS = 2000, 200


@dataclass(slots=True)
class Holdings:
    """What an exporter may read of a collection, and what was found of it so far.

    `originals`: hash -> size in bytes, of the versions whose lines were made.
    """

    collection: Collection
    scope: Scope
    has_history: bool
    counts: Counter[str] = field(default_factory=Counter)
    originals: dict[str, int] = field(default_factory=dict)

    def documents(self) -> QuerySet[Document]:
        """Those that have a live version."""
        return documents_of(self.scope).filter(
            collection=self.collection, current_version__state=VersionState.LIVE
        )

    def versions(self) -> QuerySet[Version]:
        """The live ones, and with `has_history` those kept as history."""
        wanted = Q(state=VersionState.LIVE)
        if self.has_history:
            wanted |= Q(state=VersionState.SUPERSEDED, number__lt=F("live_number"))
        named = versions_of(self.scope).annotate(live_number=F("document__current_version__number"))
        return named.filter(wanted, document__in=self.documents())

    def lines(self) -> Iterator[Line]:
        """Every document by the bytes of its path, with all that belongs to it."""
        ordered = self.documents().order_by(_by_bytes("path"))
        batch: list[Document] = []
        chunks = 0
        for document in ordered.select_related("current_version").iterator(chunk_size=500):
            batch.append(document)
            chunks += document.current_version.chunk_count if document.current_version else 0
            if chunks >= BATCH_CHUNKS or len(batch) >= BATCH_DOCUMENTS:
                yield from self._lines_of(batch)
                batch, chunks = [], 0
        yield from self._lines_of(batch)

    def _lines_of(self, documents: Sequence[Document]) -> Iterator[Line]:
        by_document: defaultdict[int, list[Version]] = defaultdict(list)
        keys = [document.pk for document in documents]
        for version in self.versions().filter(document_id__in=keys).order_by("number"):
            by_document[version.document_id].append(version)
        found = [version.pk for versions in by_document.values() for version in versions]
        pages, chunks = _pages_of(found), _chunks_of(found)
        for document in documents:
            self.counts["documents"] += 1
            yield DocumentLine(
                path=document.path,
                title=document.title,
                url=web_address(document.url),
                metadata=document.metadata,
            )
            for version in by_document[document.pk]:
                yield from self._version_lines(version, pages[version.pk], chunks[version.pk])

    def _version_lines(
        self, version: Version, pages: Sequence[PageLine], chunks: Sequence[Chunk]
    ) -> Iterator[Line]:
        text = PAGE_SEPARATOR.join(page.text for page in pages)
        lines = [_chunk_line(chunk, text, version) for chunk in chunks]
        yield _version_line(version, len(pages), len(chunks))
        yield from pages
        yield from lines
        self.counts.update(versions=1, pages=len(pages), chunks=len(chunks))
        if version.has_blob:
            self.originals[version.content_sha256] = version.size_bytes


def _pages_of(versions: Sequence[int]) -> defaultdict[int, list[PageLine]]:
    found: defaultdict[int, list[PageLine]] = defaultdict(list)
    for page in Page.objects.filter(version_id__in=versions).order_by("version_id", "number"):
        found[page.version_id].append(
            PageLine(number=page.number, label=page.label, text=page.text, blocks=page.blocks)
        )
    return found


def _chunks_of(versions: Sequence[int]) -> defaultdict[int, list[Chunk]]:
    found: defaultdict[int, list[Chunk]] = defaultdict(list)
    for chunk in Chunk.objects.filter(version_id__in=versions).order_by("version_id", "ordinal"):
        found[chunk.version_id].append(chunk)
    return found


def _version_line(version: Version, pages: int, chunks: int) -> VersionLine:
    return VersionLine(
        number=version.number,
        is_live=version.state == VersionState.LIVE,
        is_history_kept=version.is_history_kept,
        sha256=version.content_sha256,
        has_original=version.has_blob,
        size=version.size_bytes,
        filename=version.filename,
        media_type=version.media_type,
        language=version.language,
        pages=pages,
        chunks=chunks,
    )


def _chunk_line(chunk: Chunk, text: str, version: Version) -> ChunkLine:
    """Raises Conflict when the chunk does not stand in the pages: an import would refuse it."""
    span = text[chunk.start : chunk.end]
    if span != chunk.text or sha256_of(chunk.context, span) != chunk.text_sha256:
        told = gettext(
            "A passage of “%(path)s” is not what stands in its pages. Send the document again, "
            "then export."
        )
        raise Conflict(told % {"path": version.document.path})
    return ChunkLine(
        ordinal=chunk.ordinal,
        page=chunk.page,
        start=chunk.start,
        end=chunk.end,
        heading=chunk.heading,
        context=chunk.context,
        is_excluded=chunk.is_excluded,
        sha256=chunk.text_sha256,
    )


def _by_bytes(field_name: str) -> Collate:
    """An order that is the same in every database: by the bytes of UTF-8."""
    return Collate(field_name, "BINARY" if connection.vendor == "sqlite" else "C")
