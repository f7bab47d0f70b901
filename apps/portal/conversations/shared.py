"""An answer that somebody shared."""

from typing import Any, cast
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

from apps.accounts.models import User
from apps.core.addresses import web_address
from apps.core.errors import NotFound
from apps.generation.cited import UNKNOWN, cited_versions
from apps.generation.sharing import SharedAnswer, share_end, shared_answer
from apps.portal.policy import PortalPage

NO_RIGHTS = "sources_not_readable"


class SharedPage(PortalPage):
    """The answer with its sources, to be read only; or why it cannot be shown."""

    template_name = "portal/conversations/shared.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Status 404 when there is no such share, or a source may not be read."""
        try:
            shown = shared_answer(kwargs["uuid"], by=cast(User, request.user))
        except NotFound as error:
            self.template_name = "portal/conversations/shared_closed.html"
            context = self.get_context_data(lacks_rights=error.code == NO_RIGHTS)
            return self.render_to_response(context, status=404)
        return self.render_to_response(self.get_context_data(shared=shown, sources=_sources(shown)))


class EndShare(PortalPage):
    """Its owner closes the link."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, uuid: UUID) -> HttpResponse:
        """Back to the history."""
        try:
            share_end(uuid=uuid, by=cast(User, request.user))
        except NotFound as error:
            raise Http404 from error
        return redirect("conversations")


def _sources(shared: SharedAnswer) -> list[dict[str, Any]]:
    """The citations, with what is true of their versions now and where they are read."""
    versions = cited_versions(one["version"] for one in shared.citations)
    return [
        dict(one)
        | {
            "is_current": versions.get(one["version"], UNKNOWN).is_current,
            "version_number": versions.get(one["version"], UNKNOWN).number,
            "link": _link(one),
            "sections": _sections(one),
            "origin": web_address(one["url"]),
        }
        for one in shared.citations
    ]


def _sections(citation: Any) -> str:
    """Below its title, which stands above them already."""
    sections = str(citation["heading"]).split(" > ")
    return " › ".join(one for one in sections if one and one != citation["title"])


def _link(citation: Any) -> str:
    span = {name: citation[name] for name in ("version", "start", "end")}
    page = reverse("page", args=[citation["document"], citation["page"]])
    return f"{page}?{urlencode(span)}"
