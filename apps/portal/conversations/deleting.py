"""Deleting conversations: first what goes, then gone."""

from typing import Any, cast
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.translation import ngettext

from apps.accounts.models import User
from apps.generation.conversations import conversations_contents, conversations_delete
from apps.portal.browse.fragments import FragmentPage

AFTER = {"ask": "ask", "": "conversations"}


class ChosenForm(forms.Form):
    """Which conversations: `all`, or each by its id."""

    all = forms.BooleanField(required=False)
    conversation = forms.TypedMultipleChoiceField(required=False, coerce=UUID)

    def __init__(self, data: QueryDict) -> None:
        super().__init__(data)
        offered = data.getlist("conversation")
        cast(forms.TypedMultipleChoiceField, self.fields["conversation"]).choices = [
            (one, one) for one in offered
        ]

    @property
    def uuids(self) -> list[UUID] | None:
        """None means all."""
        return None if self.cleaned_data["all"] else self.cleaned_data["conversation"]


class DeletePage(FragmentPage):
    """Says what goes, then deletes: a dialog in the history, a page without script."""

    template_name = "portal/conversations/delete.html"
    fragment_name = "portal/conversations/delete_form.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The question, with numbers. Raises Http404 when none of those named is there."""
        chosen = _chosen(self.request.GET)
        user = cast(User, self.request.user)
        contents = conversations_contents(uuids=chosen.uuids, by=user)
        if not contents.conversations and chosen.uuids:
            raise Http404
        return super().get_context_data(
            contents=contents,
            uuids=chosen.uuids,
            after=self.request.GET.get("after", ""),
            **kwargs,
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        """Gone. Leads back to the history, with `after=ask` to a new question."""
        chosen = _chosen(request.POST)
        count = conversations_delete(uuids=chosen.uuids, by=cast(User, request.user))
        told = ngettext(
            "One conversation is deleted.", "%(count)s conversations are deleted.", count
        )
        messages.success(request, told % {"count": count})
        return redirect(AFTER.get(request.POST.get("after", ""), "conversations"))


def _chosen(data: QueryDict) -> ChosenForm:
    form = ChosenForm(data)
    if not form.is_valid():
        raise Http404
    return form
