"""Storing the pages and chunks of a version that is not live yet."""

import hashlib
from collections.abc import Iterable, Iterator

from django.db import transaction

from apps.core import config
from apps.core.text import detect_language
from apps.knowledge.models import Chunk, Page, Version, VersionState
from ingest.chunking import ChunkDraft, chunk_pages
from ingest.loaders.protocol import LoadError, ParsedPage
from ingest.page_blocks import packed

PAGE_SEPARATOR = "\f"
BATCH = 500


def store(version: Version, pages: Iterable[ParsedPage], *, title: str) -> int:
    """Replace the version's pages and chunks by these; returns the number of chunks.

    `pages` may be slow (a parser at work): the database is not locked before all are there. A
    version that was deleted or overtaken meanwhile gets nothing: 0.
    Raises LoadError (`empty`) when there is no text at all.
    """
    parsed = list(pages)
    chunks = chunk_rows(version, parsed, title=title)
    if not chunks:
        raise LoadError("empty", "There is no text in this document.")
    version.page_count, version.chunk_count = len(parsed), len(chunks)
    version.language = detect_language(" ".join(chunk.text for chunk in chunks[:20]))
    with transaction.atomic():
        awaited = Version.objects.select_for_update().filter(
            pk=version.pk, state=VersionState.PENDING
        )
        if not awaited.exists():
            return 0
        Chunk.objects.filter(version=version).delete()
        Page.objects.filter(version=version).delete()
        Page.objects.bulk_create(page_rows(version, parsed), batch_size=BATCH)
        Chunk.objects.bulk_create(chunks, batch_size=BATCH)
        version.save(update_fields=["page_count", "chunk_count", "language"])
    return len(chunks)


def page_rows(version: Version, pages: Iterable[ParsedPage]) -> Iterator[Page]:
    """Unsaved rows of the pages, each with its offset in the version's text."""
    start = 0
    for page in pages:
        yield Page(
            version=version,
            number=page.number,
            label=page.label[:200],
            start=start,
            text=page.text,
            blocks=packed(page.blocks),
        )
        start += len(page.text) + len(PAGE_SEPARATOR)


def chunk_rows(version: Version, pages: Iterable[ParsedPage], *, title: str) -> list[Chunk]:
    """Unsaved rows of the chunks."""
    drafts = chunk_pages(pages, title=title, target_tokens=config.load().ingest.chunk_tokens)
    return [_chunk_row(version, draft) for draft in drafts]


def _chunk_row(version: Version, draft: ChunkDraft) -> Chunk:
    chunk = Chunk(
        version=version,
        ordinal=draft.ordinal,
        page=draft.page,
        start=draft.start,
        end=draft.end,
        heading=draft.heading[:1000],
        context=draft.context,
        text=draft.text,
    )
    chunk.text_sha256 = hashlib.sha256(chunk.indexed_text.encode()).hexdigest()
    return chunk
