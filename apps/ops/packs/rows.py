"""Writing the documents of a pack into a collection that nobody sees yet, a slice at a time."""

from collections.abc import Iterable, Iterator, Sequence

from django.db import transaction
from django.db.models import OuterRef, Subquery

from apps.accounts.models import User
from apps.core import clock
from apps.knowledge import blobs
from apps.knowledge.models import Chunk, Collection, Document, Page, Version, VersionState
from apps.ops.packs import schema
from apps.ops.packs.content import PackedDocument, PackedVersion
from apps.ops.packs.opened import Pack
from ingest.models import Job, JobStage, JobState
from ingest.pages import BATCH, PAGE_SEPARATOR

SLICE_CHUNKS, SLICE_DOCUMENTS = 2000, 200


def slices_of(documents: Iterable[PackedDocument]) -> Iterator[list[PackedDocument]]:
    """The documents in portions that are written in one short transaction."""
    portion: list[PackedDocument] = []
    chunks = 0
    for document in documents:
        portion.append(document)
        chunks += sum(version.line.chunks for version in document.versions)
        if chunks >= SLICE_CHUNKS or len(portion) >= SLICE_DOCUMENTS:
            yield portion
            portion, chunks = [], 0
    if portion:
        yield portion


@transaction.atomic
def rows_write(collection: Collection, packed: Sequence[PackedDocument], *, by: User) -> None:
    """Store documents with their versions, pages and chunks. Live ones wait as pending."""
    documents = Document.objects.bulk_create(
        Document(
            collection=collection,
            path=one.line.path,
            title=one.line.title,
            url=one.line.url,
            metadata=one.line.metadata,
        )
        for one in packed
    )
    pairs = [
        (version, _version_row(document, version, by))
        for one, document in zip(packed, documents, strict=True)
        for version in one.versions
    ]
    Version.objects.bulk_create(row for _, row in pairs)
    pages = (page for version, row in pairs for page in _page_rows(version, row))
    chunks = (chunk for version, row in pairs for chunk in _chunk_rows(version, row))
    Page.objects.bulk_create(pages, batch_size=BATCH)
    Chunk.objects.bulk_create(chunks, batch_size=BATCH)
    Job.objects.bulk_create(_job_row(collection, row, by) for version, row in pairs)
    newest = Version.objects.filter(document=OuterRef("pk")).order_by("-number")
    Document.objects.filter(pk__in=[document.pk for document in documents]).update(
        latest_version=Subquery(newest.values("pk")[:1])
    )


def originals_keep(pack: Pack, packed: Sequence[PackedDocument]) -> int:
    """Store the originals of documents whose rows are committed; returns how many.

    In this order a kill leaves no file that no row speaks of.
    """
    hashes = {
        version.line.sha256
        for document in packed
        for version in document.versions
        if version.line.has_original
    }
    for sha256 in sorted(hashes):
        chunks = pack.chunks(schema.original(sha256))
        with blobs.incoming(chunks) as blob, blobs.no_removal(sha256):
            blob.keep()
    return len(hashes)


def _version_row(document: Document, version: PackedVersion, by: User) -> Version:
    line = version.line
    return Version(
        document=document,
        number=line.number,
        state=VersionState.PENDING if line.is_live else VersionState.SUPERSEDED,
        content_sha256=line.sha256,
        has_blob=line.has_original,
        size_bytes=line.size,
        filename=line.filename,
        media_type=line.media_type,
        language=line.language,
        page_count=line.pages,
        chunk_count=line.chunks,
        is_history_kept=line.is_history_kept,
        created_by=by,
    )


def _page_rows(version: PackedVersion, row: Version) -> Iterator[Page]:
    start = 0
    for page in version.pages:
        yield Page(
            version=row,
            number=page.number,
            label=page.label,
            start=start,
            text=page.text,
            blocks=page.blocks,
        )
        start += len(page.text) + len(PAGE_SEPARATOR)


def _chunk_rows(version: PackedVersion, row: Version) -> Iterator[Chunk]:
    text = version.text()
    for chunk in version.chunks:
        yield Chunk(
            version=row,
            ordinal=chunk.ordinal,
            page=chunk.page,
            start=chunk.start,
            end=chunk.end,
            heading=chunk.heading,
            context=chunk.context,
            text=text[chunk.start : chunk.end],
            text_sha256=chunk.sha256,
            is_excluded=chunk.is_excluded,
        )


def _job_row(collection: Collection, row: Version, by: User) -> Job:
    """Every version has a job that says how far it is: this one has nothing left to do."""
    return Job(
        collection=collection,
        version=row,
        created_by=by,
        state=JobState.DONE,
        stage=JobStage.DONE,
        progress=1.0,
        finished_at=clock.now(),
    )
