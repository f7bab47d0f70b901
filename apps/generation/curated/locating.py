"""Finding a curated answer's quotes again in what is searched now."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import F, Q

from apps.core.addresses import web_address
from apps.generation.models import CuratedSource
from apps.generation.protocols import Citation
from apps.generation.support import SUPPORTED
from apps.knowledge.access import Scope, chunks_of, versions_of
from apps.knowledge.models import Chunk, Page, VersionState


@dataclass(frozen=True, slots=True)
class Place:
    """Where a quote stands: characters of its version's text, and the page."""

    source_id: int
    version_id: int
    page: int
    start: int
    end: int


def places(sources: Sequence[CuratedSource], *, scope: Scope) -> dict[int, Place]:
    """By source: where its quote stands, word for word, in the live version of its document.

    A source is left out when its document is gone or not readable, or no longer says so. One query
    for all sources.
    """
    if not sources:
        return {}
    wanted = Q()
    for source in sources:
        wanted |= Q(version__document_id=source.document_id, text__contains=source.quote)
    live = versions_of(scope).filter(state=VersionState.LIVE)
    pages = Page.objects.filter(wanted, version__in=live).annotate(
        document_id=F("version__document_id")
    )
    found: dict[int, Place] = {}
    for page in pages.order_by("number"):
        for source in sources:
            if source.document_id == page.document_id and source.pk not in found:
                place = _place(source, page)
                if place:
                    found[source.pk] = place
    return found


def cited(sources: Sequence[CuratedSource], *, scope: Scope) -> tuple[list[Chunk], list[Citation]]:
    """The sources as citations, numbered in their order, with the chunks they stand in.

    Both are empty when any source cannot be found again by this reader: a curated answer holds
    with all its sources or not at all. Two queries.
    """
    found = places(sources, scope=scope)
    if len(found) < len(sources) or not sources:
        return [], []
    condition = Q()
    for place in found.values():
        condition |= Q(version_id=place.version_id, start__lte=place.start, end__gt=place.start)
    near = list(chunks_of(scope).filter(condition).select_related("version__document"))
    chunks: list[Chunk] = []
    for source in sources:
        chunk = _chunk_of(found[source.pk], near)
        if chunk is None:  # kept out of search by hand
            return [], []
        chunks.append(chunk)
    return chunks, [
        _citation(n, source.quote, found[source.pk], chunk)
        for n, (source, chunk) in enumerate(zip(sources, chunks, strict=True), start=1)
    ]


def _place(source: CuratedSource, page: Page) -> Place | None:
    offset = page.text.find(source.quote)
    if offset < 0:  # the database compares without case
        return None
    start = page.start + offset
    return Place(source.pk, page.version_id, page.number, start, start + len(source.quote))


def _chunk_of(place: Place, near: Sequence[Chunk]) -> Chunk | None:
    """The chunk that holds most of the quote: chunks overlap."""
    holding = [
        chunk
        for chunk in near
        if chunk.version_id == place.version_id and chunk.start <= place.start < chunk.end
    ]
    return max(holding, key=lambda chunk: min(chunk.end, place.end), default=None)


def _citation(n: int, quote: str, place: Place, chunk: Chunk) -> Citation:
    document = chunk.version.document
    return Citation(
        n=n,
        chunk=chunk.uuid,
        document=document.uuid,
        version=chunk.version.uuid,
        title=document.title,
        path=document.path,
        page=place.page,
        heading=chunk.heading,
        quote=quote,
        start=place.start,
        end=place.end,
        url=web_address(document.url) or "",
        support=SUPPORTED,
    )
