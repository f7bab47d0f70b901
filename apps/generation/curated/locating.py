"""Finding a curated answer's quotes again in what is searched now."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q

from apps.core.addresses import web_address
from apps.generation.checking.support import SUPPORTED
from apps.generation.models import CuratedSource
from apps.generation.protocols import Citation
from apps.knowledge.access import Scope, chunks_of, versions_of
from apps.knowledge.models import Chunk, Page, VersionState


@dataclass(frozen=True, slots=True)
class Quote:
    """Words of a document, by the document's key."""

    document_id: int
    text: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where a quote stands: characters of its version's text, and the page."""

    version_id: int
    page: int
    start: int
    end: int


def places(quotes: Sequence[Quote], *, scope: Scope) -> list[Place | None]:
    """For each quote where it stands, word for word, in the live version of its document.

    None when the document is gone or not readable, or no longer says so. One query for all.
    """
    if not quotes:
        return []
    wanted = Q()
    for quote in quotes:
        wanted |= Q(version__document_id=quote.document_id, text__contains=quote.text)
    live = versions_of(scope).filter(state=VersionState.LIVE)
    rows = Page.objects.filter(wanted, version__in=live).order_by("number")
    pages = list(rows.select_related("version"))
    return [_first_place(quote, pages) for quote in quotes]


def cited(sources: Sequence[CuratedSource], *, scope: Scope) -> tuple[list[Chunk], list[Citation]]:
    """The sources as citations, numbered in their order, with the chunks they stand in.

    Both are empty when any source cannot be found again by this reader: a curated answer holds
    with all its sources or not at all. Two queries.
    """
    quotes = [Quote(source.document_id, source.quote) for source in sources]
    found = [place for place in places(quotes, scope=scope) if place]
    if len(found) < len(sources) or not sources:
        return [], []
    condition = Q()
    for place in found:
        condition |= Q(version_id=place.version_id, start__lte=place.start, end__gt=place.start)
    near = list(chunks_of(scope).filter(condition).select_related("version__document"))
    chunks = [chunk for place in found if (chunk := _chunk_of(place, near))]
    if len(chunks) < len(found):  # kept out of search by hand
        return [], []
    return chunks, [
        _citation(n, source.quote, place, chunk)
        for n, (source, place, chunk) in enumerate(zip(sources, found, chunks, strict=True), 1)
    ]


def _first_place(quote: Quote, pages: Sequence[Page]) -> Place | None:
    own = (page for page in pages if page.version.document_id == quote.document_id)
    return next((place for page in own if (place := _place(quote, page))), None)


def _place(quote: Quote, page: Page) -> Place | None:
    offset = page.text.find(quote.text)
    if offset < 0:  # the database compares without case
        return None
    start = page.start + offset
    return Place(page.version_id, page.number, start, start + len(quote.text))


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
