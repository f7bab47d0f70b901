"""The language of a signed-in person, where their browser has not chosen another one here."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils import translation


class PreferredLanguage:
    """The switch on the page (a cookie) wins, then the user's own, then what the browser asks."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Anonymous requests and API keys cost nothing: only a session is looked up."""
        cookies = request.COOKIES
        if settings.SESSION_COOKIE_NAME in cookies and settings.LANGUAGE_COOKIE_NAME not in cookies:
            preferred = getattr(request.user, "language", "")
            if preferred in dict(settings.LANGUAGES):
                translation.activate(preferred)
        return self.get_response(request)
