"""A page of a document with the cited words lit: as it was printed, as text, or as a grid."""

from typing import Any, cast
from uuid import UUID

from django import forms
from django.http import Http404
from django.templatetags.static import static

from apps.accounts.models import User
from apps.core.addresses import web_address
from apps.core.errors import NotFound
from apps.knowledge.access import Scope
from apps.portal.policy import SELF, PortalPage
from apps.portal.sources import grids
from apps.portal.sources.passages import Marker, Span, quotes_of, span_on
from apps.portal.sources.prose import page_html
from apps.portal.sources.selection import Asked, Look, Source, source_get

PDFJS = "portal/vendor/pdfjs-5.6.205/"


class SourceForm(forms.Form):
    """Which version is shown and how, and which of its characters were cited."""

    version = forms.UUIDField(required=False)
    start = forms.IntegerField(required=False, min_value=0)
    end = forms.IntegerField(required=False, min_value=0)
    view = forms.ChoiceField(required=False, choices=[(Look.TEXT, ""), (Look.ORIGINAL, "")])
    embedded = forms.BooleanField(required=False)

    def span(self) -> Span | None:
        """The cited characters, if both ends were given."""
        start, end = self.cleaned_data["start"], self.cleaned_data["end"]
        return None if start is None or end is None else Span(start, end)


class SourceView(PortalPage):
    """What the page and its lazily loaded neighbours share."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Raises Http404 for what is not there or may not be read, without telling which."""
        form = SourceForm(self.request.GET)
        if not form.is_valid():
            raise Http404
        source = self._source(kwargs["uuid"], kwargs["number"], form)
        more = {"embedded": "1"} if form.cleaned_data["embedded"] else {}
        if source.is_pdf and source.look is Look.TEXT:
            more["view"] = Look.TEXT.value
        return super().get_context_data(
            source=source,
            document=source.document,
            version=source.version,
            is_embedded=form.cleaned_data["embedded"],
            query=source.query(**more),
            cited_query=source.query(**more, **source.cited()),
            previous=source.neighbour(-1),
            following=source.neighbour(+1),
            **self._leaf(source),
            **kwargs,
        )

    def _source(self, document: UUID, number: int, form: SourceForm) -> Source:
        asked = Asked(
            document,
            number,
            form.cleaned_data["version"],
            form.span(),
            form.cleaned_data["view"],
        )
        try:
            return source_get(scope=Scope.of(cast(User, self.request.user)), asked=asked)
        except NotFound as error:
            raise Http404 from error

    is_whole = False  # whether nothing stands around the leaf yet

    def _leaf(self, source: Source) -> dict[str, Any]:
        page = source.page
        if page is None:
            return {"leaf": None}
        # The anchor stands where the quote begins, never twice when its pages are joined.
        is_first = source.span is None or source.span.start >= page.start or self.is_whole
        marker = Marker(page.text, span_on(page, source.span), anchor="cited" * is_first)
        if source.look is not Look.GRID:
            return {"leaf": page_html(page, marker)}
        return {
            "parts": grids.parts_of(page, marker),
            "earlier": grids.follows(page, -1),
            "later": grids.follows(page, +1),
        }


class SourcePage(SourceView):
    """The source viewer."""

    template_name = "portal/sources/page.html"
    is_whole = True
    policy = {
        "frame-ancestors": SELF,
        "worker-src": SELF,
        "font-src": f"{SELF} data:",
        "img-src": f"{SELF} data: blob:",
    }

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The leaf and what leads to it."""
        context = super().get_context_data(**kwargs)
        source: Source = context["source"]
        cited = source.cited()
        embedded = {"embedded": "1"} if context["is_embedded"] else {}
        text = {"view": Look.TEXT.value} if source.is_pdf else {}
        return context | {
            "original_query": source.query(**embedded, **cited),
            "text_query": source.query(**embedded, **text, **cited),
            "address": web_address(source.document.url),
            "sheets": grids.sheets_of(source.version) if source.look is Look.GRID else [],
            "sections": [] if source.look is Look.GRID else source.sections(),
            "quotes": quotes_of(source.version, source.span),
            "pdfjs": static(f"{PDFJS}pdf.min.mjs").removesuffix("pdf.min.mjs"),
        }


class SourceLeaf(SourceView):
    """One page's content, for the page that it is joined to. `edge` says at which end."""

    template_name = "portal/sources/leaf.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The same, as a fragment."""
        edge = "before" if self.request.GET.get("edge") == "before" else "after"
        context = super().get_context_data(edge=edge, **kwargs)
        if "parts" in context:  # the table that touches the joint
            context["parts"] = context["parts"][-1:] if edge == "before" else context["parts"][:1]
        return context
