"""A page of a document with the cited words marked."""

from typing import Any, cast
from uuid import UUID

from django import forms
from django.http import Http404

from apps.accounts.models import User
from apps.core.addresses import web_address
from apps.knowledge.access import Scope, versions_of
from apps.knowledge.models import Page, Version
from apps.portal.policy import PortalPage
from apps.portal.sources.passages import marked


class SpanForm(forms.Form):
    """Which version is shown, and which of its characters were cited."""

    version = forms.UUIDField(required=False)
    start = forms.IntegerField(required=False, min_value=0)
    end = forms.IntegerField(required=False, min_value=0)


class SourcePage(PortalPage):
    """One page's text with the cited words marked."""

    template_name = "portal/sources/page.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """Raises Http404 for what is not there or may not be read, without telling which."""
        span = SpanForm(self.request.GET)
        if not span.is_valid():
            raise Http404
        asked = span.cleaned_data
        version = self._version(kwargs["uuid"], asked["version"])
        page = Page.objects.filter(version=version, number=kwargs["number"]).first()
        if page is None:
            raise Http404
        return super().get_context_data(
            document=version.document,
            version=version,
            page=page,
            text=marked(page, asked["start"], asked["end"]),
            is_old=version.pk != version.document.current_version_id,
            address=web_address(version.document.url),
            previous=_neighbour(page, -1),
            following=_neighbour(page, +1),
            **kwargs,
        )

    def _version(self, document: UUID, asked: UUID | None) -> Version:
        scope = Scope.of(cast(User, self.request.user))
        versions = versions_of(scope).filter(document__uuid=document)
        found = versions.select_related("document__collection").order_by("-number")
        version = (found.filter(uuid=asked) if asked else found).first()
        if version is None:
            raise Http404
        return version


def _neighbour(page: Page, step: int) -> int | None:
    pages = Page.objects.filter(version=page.version_id)
    if step < 0:
        near = pages.filter(number__lt=page.number).order_by("-number")
    else:
        near = pages.filter(number__gt=page.number).order_by("number")
    return near.values_list("number", flat=True).first()
