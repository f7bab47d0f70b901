"""The forms people sign in with, which refuse whoever guesses passwords."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.http import HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _
from unfold.forms import AuthenticationForm as UnfoldAuthenticationForm

from apps.accounts.models import User
from apps.accounts.restrictions import suspension_of
from apps.accounts.sign_in_limit import address_of, attempt_begin, attempt_succeeded


class SignInForm(AuthenticationForm):
    """Name and password, with a pause after many failures."""

    def confirm_login_allowed(self, user: Any) -> None:
        """Raises ValidationError for who is not active, or suspended."""
        super().confirm_login_allowed(user)
        if isinstance(user, User) and suspension_of(user) is not None:
            raise forms.ValidationError(_("Access is suspended. Ask your administrator."))

    def clean(self) -> dict[str, Any]:
        """Raises ValidationError; while the pause lasts also for the right password."""
        name, password = (self.cleaned_data.get(key) for key in ("username", "password"))
        if not name or not password or self.request is None:
            return super().clean()
        attempt = {"name": name, "address": address_of(self.request)}
        if wait_s := attempt_begin(**attempt):
            self.request.META["clawdbot.sign_in_wait_s"] = wait_s
            raise forms.ValidationError(
                _("Too many failed attempts to sign in. Try again in %(seconds)d seconds.")
                % {"seconds": wait_s}
            )
        cleaned = super().clean()
        attempt_succeeded(**attempt)
        return cleaned


class AdminSignInForm(SignInForm, UnfoldAuthenticationForm):  # type: ignore[misc]  # untyped
    """The same in the look of the admin."""


class SignInPause:
    """Middleware: a page that refused to look at a password answers 429 with Retry-After."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """The answer of the page, which shows why."""
        response = self.get_response(request)
        if wait_s := request.META.get("clawdbot.sign_in_wait_s"):
            response.status_code = 429
            response.headers["Retry-After"] = str(wait_s)
        return response
