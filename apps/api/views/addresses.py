"""Addresses under /api/ that name nothing."""

from typing import Any

from django.http import HttpRequest, HttpResponsePermanentRedirect
from django.http.response import HttpResponseBase
from django.urls import resolve
from django.utils.translation import gettext as _
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.views import APIView

from apps.api.negotiation import AnyAccept
from apps.core.errors import NotFound


class PermanentRedirect(HttpResponsePermanentRedirect):
    """308: the same method and body at another address (RFC 9110, section 15.4.9)."""

    status_code = 308


class UnknownAddress(APIView):
    """404 in the form of all errors; a forgotten last slash is put right, for every method."""

    schema = None
    authentication_classes = []
    permission_classes = [AllowAny]
    content_negotiation_class = AnyAccept

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Send on to the address with a slash where there is one."""
        if _is_known(f"{request.path_info}/"):
            query = request.META.get("QUERY_STRING", "")
            return PermanentRedirect(f"{request.path}/{f'?{query}' if query else ''}")
        response: HttpResponseBase = super().dispatch(request, *args, **kwargs)
        return response

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse any method alike."""
        raise NotFound(_("There is no such address; /api/docs/ lists them all."))


def _is_known(path: str) -> bool:
    view = resolve(path).func
    return getattr(view, "cls", None) is not UnknownAddress
