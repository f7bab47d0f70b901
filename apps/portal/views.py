"""The portal's pages: signing in, asking, reading what was cited."""

from typing import Any, cast
from uuid import UUID

from django import forms
from django.contrib.auth.mixins import LoginRequiredMixin
from django.contrib.auth.views import LoginView
from django.http import Http404
from django.views.generic import TemplateView

from apps.accounts.models import User
from apps.accounts.sign_in import SignInForm
from apps.core.addresses import web_address
from apps.generation.answer import MAX_CHARACTERS
from apps.knowledge.access import Scope, collections_of, versions_of
from apps.knowledge.models import Page, Permission, Version
from apps.portal.passages import marked
from apps.portal.policy import StrictPage


class SignIn(StrictPage, LoginView):
    """Name and password."""

    template_name = "portal/login.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True


class AskPage(LoginRequiredMixin, StrictPage, TemplateView):
    """One question, one answer with its sources. The script talks to the REST API."""

    template_name = "portal/ask.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The collections to choose from."""
        readable = collections_of(cast(User, self.request.user), Permission.READ)
        return super().get_context_data(
            collections=readable.order_by("name"), max_characters=MAX_CHARACTERS, **kwargs
        )


class SpanForm(forms.Form):
    """Which version is shown, and which of its characters were cited."""

    version = forms.UUIDField(required=False)
    start = forms.IntegerField(required=False, min_value=0)
    end = forms.IntegerField(required=False, min_value=0)


class DocumentPage(LoginRequiredMixin, StrictPage, TemplateView):
    """One page's text with the cited words marked."""

    template_name = "portal/page.html"

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
