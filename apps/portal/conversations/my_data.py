"""Deleting all that is kept of oneself."""

from typing import Any, cast

from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.generation.conversations import conversations_contents
from apps.ops.erasing.people import user_data_delete
from apps.portal.policy import PortalPage


class DeleteMyData(PortalPage):
    """Says what goes, then deletes it and signs out: every session ends, this one, too."""

    template_name = "portal/conversations/my_data.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """What there is to delete, in numbers."""
        user = cast(User, self.request.user)
        contents = conversations_contents(uuids=None, by=user)
        keys = user.api_keys.count()
        return super().get_context_data(contents=contents, keys=keys, **kwargs)

    def post(self, request: HttpRequest) -> HttpResponse:
        """Gone; the receipt is under Receipts after signing in again."""
        user = cast(User, request.user)
        user_data_delete(user=user, by=user)
        logout(request)
        messages.success(request, _("Your data is deleted. Nothing of it is shown any more."))
        return redirect("login")
