"""The answer to a request that cannot be read."""

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from apps.core.errors import ClawdbotError


def unreadable(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's `handler400`: 413 when the request is too large, else 400; JSON for scripts."""
    status = 413 if isinstance(exception, RequestDataTooBig) else 400
    known = exception if isinstance(exception, ClawdbotError) else None
    if known and request.get_preferred_type(["text/html", "application/json"]) != "text/html":
        body = {"error": {"code": known.code, "message": known.message, "details": known.details}}
        return JsonResponse(body, status=status)
    context = {"is_too_large": status == 413, "reason": known.message if known else ""}
    return render(request, "400.html", context, status=status)
