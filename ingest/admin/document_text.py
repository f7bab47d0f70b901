"""The page that shows a document's text beside the chunks it was cut into."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from apps.accounts.signed_in import user_of
from apps.core.adminsite import ModelAdmin, render_page
from apps.knowledge import access
from apps.knowledge.curation import chunk_exclude, chunk_include
from apps.knowledge.models import Chunk, Document, Page, Permission, Version, VersionState
from apps.knowledge.spans import Span, cut
from ingest.admin import rights

MOST_DIGITS = 9
WINDOW = 30_000  # characters shown at once: a plain text file may be one page of megabytes


@dataclass(frozen=True, slots=True)
class Place:
    """Which part of a version is shown: a page, from a character of it on."""

    page: int
    offset: int = 0


def text_page(admin: "ModelAdmin[Any]", request: HttpRequest, document: Document) -> HttpResponse:
    """Show a page of the document with its chunks; POST switches one chunk off or on.

    The caller has made sure that the user may read the document.
    """
    version = _version(request, document)
    if request.method == "POST":
        return _switch(request, version)
    context: dict[str, Any] = {
        "title": _("Text of “%(name)s”") % {"name": document.title},
        "original": document,
        "version": version,
        "is_text": request.GET.get("view") == "text",
        "may_change": rights.is_allowed(request, Permission.WRITE, document.collection_id),
    }
    numbers = _page_numbers(version)
    if version and numbers:
        context |= _shown(version, numbers, _place(request, numbers))
    return render_page(admin, request, "ingest/admin/document_text.html", context)


def _version(request: HttpRequest, document: Document) -> Version | None:
    """The version asked for by number, else the one that is searched, if it may be opened."""
    number = request.GET.get("version", "")
    openable = access.versions_of(rights.scope_of(request)).filter(document=document)
    openable = openable.select_related("document")
    if _is_number(number):
        return openable.filter(number=int(number)).first()
    return openable.filter(state=VersionState.LIVE).first()


def _page_numbers(version: Version | None) -> list[int]:
    if version is None:
        return []
    return list(version.pages.order_by("number").values_list("number", flat=True))


def _place(request: HttpRequest, numbers: Sequence[int]) -> Place:
    page, offset = request.GET.get("page", ""), request.GET.get("from", "")
    number = int(page) if _is_number(page) and int(page) in numbers else numbers[0]
    return Place(number, int(offset) if _is_number(offset) else 0)


def _is_number(text: str) -> bool:
    """Digits that a database and Python can hold."""
    return text.isdecimal() and len(text) <= MOST_DIGITS


def _shown(version: Version, numbers: Sequence[int], place: Place) -> dict[str, Any]:
    page = version.pages.get(number=place.page)
    offset = place.offset if place.offset < len(page.text) else 0
    text, start = page.text[offset : offset + WINDOW], page.start + offset
    chunks = list(
        version.chunks.filter(start__lt=start + len(text), end__gt=start).order_by("ordinal")
    )
    spans = [Span(chunk.ordinal, chunk.start, chunk.end) for chunk in chunks]
    earlier, later = _neighbours(page, offset, numbers)
    return {
        "page": page,
        "pieces": cut(text, start=start, spans=spans),
        "source": _source_address(version, page),
        "chunks": chunks,
        "numbers": numbers,
        "page_total": len(numbers),
        "earlier": earlier,
        "later": later,
    }


def _source_address(version: Version, page: Page) -> str:
    """The portal's view of the page; `&start=&end=` lights a span of it."""
    address = reverse("page", args=(version.document.uuid, page.number))
    return f"{address}?version={version.uuid}&embedded=1"


def _neighbours(
    page: Page, offset: int, numbers: Sequence[int]
) -> tuple[Place | None, Place | None]:
    """The places before and after: the rest of a long page comes before the next page."""
    index = numbers.index(page.number)
    earlier = Place(numbers[index - 1]) if index else None
    later = Place(numbers[index + 1]) if index + 1 < len(numbers) else None
    if offset:
        earlier = Place(page.number, max(0, offset - WINDOW))
    if offset + WINDOW < len(page.text):
        later = Place(page.number, offset + WINDOW)
    return earlier, later


def _switch(request: HttpRequest, version: Version | None) -> HttpResponse:
    ordinal = request.POST.get("chunk", "")
    chunks = Chunk.objects.filter(version=version).select_related("version__document__collection")
    chunk = chunks.filter(ordinal=ordinal).first() if ordinal.isdecimal() else None
    if chunk is None:
        raise Http404
    switch = chunk_include if chunk.is_excluded else chunk_exclude
    switch(chunk=chunk, by=user_of(request))
    return HttpResponseRedirect(f"{request.get_full_path()}#chunk-{chunk.ordinal}")
