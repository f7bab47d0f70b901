"""Middleware: people who are suspended are nobody, those slowed down wait between requests.

Keys are judged where they are read (apps.accounts.api_keys).
"""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from apps.accounts.models import User
from apps.accounts.restrictions import require_unrestricted, suspension_of
from apps.core.errors import Forbidden, Overloaded
from apps.core.metering import Kind, told
from apps.ops.ledger.routes import PROGRAMS, meaning_of


class Restrictions:
    """Only requests with a session are looked at, and only those of the restricted cost a query."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Behind authentication."""
        if _may_be_restricted(request) and suspension_of(request.user) is not None:  # type: ignore[arg-type]
            request.user = AnonymousUser()
        return self._get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponse | None:
        """Count what is wanted of the documents and models; pages around it stay free."""
        meaning = meaning_of(request.resolver_match, request.method)
        if meaning is None or meaning.kind == Kind.OTHER or not _may_be_restricted(request):
            return None
        try:
            require_unrestricted(request.user)  # type: ignore[arg-type]
        except (Overloaded, Forbidden) as error:
            return _refused(request, error)
        return None


def _may_be_restricted(request: HttpRequest) -> bool:
    if settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return False
    return isinstance(request.user, User) and request.user.restricted_until is not None


def _refused(request: HttpRequest, error: Overloaded | Forbidden) -> HttpResponse:
    told(status=error.status, code=error.code)
    headers = {"Retry-After": str(error.retry_after_s)} if isinstance(error, Overloaded) else {}
    if request.path.removeprefix("/").startswith(tuple(one for one in PROGRAMS if "^" not in one)):
        said = {"code": error.code, "message": error.message, "details": error.details}
        return JsonResponse({"error": said}, status=error.status, headers=headers)
    page = render(request, "ops/slow_down.html", {"reason": error.message}, status=error.status)
    for name, value in headers.items():
        page.headers[name] = value
    return page
