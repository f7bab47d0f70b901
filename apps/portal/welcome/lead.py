"""Leading the administrator to the first visit, once in each session."""

from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.generic import View

from apps.accounts.models import User
from apps.ops.first_visit import is_first_visit_open

SEEN = "welcome_seen"  # in the session: this browser was led, or came by itself


class LeadsToWelcome(View):
    """The question page, where one arrives after signing in; its other addresses are left alone."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """To the first visit, or the page."""
        if is_to_be_led(request):
            return redirect("welcome")
        return super().dispatch(request, *args, **kwargs)


def is_to_be_led(request: HttpRequest) -> bool:
    """Costs a query only for an administrator who was not led in this session."""
    user = request.user
    return (
        request.method == "GET"
        and request.get_full_path() == reverse("ask")
        and isinstance(user, User)
        and user.is_superuser
        and SEEN not in request.session
        and is_first_visit_open(user)
    )
