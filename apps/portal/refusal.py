"""The answers to requests that cannot be read, and to those in which something failed."""

import sys

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template import loader

from apps.core.errors import ClawdbotError
from apps.core.refusals import retry_after_s, told

HTML, JSON = "text/html", "application/json"
FOR_PROGRAMS = ("/api/", "/v1/")


def unreadable(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Django's `handler400`: 413 when the request is too large, else 400; JSON for scripts."""
    status = 413 if isinstance(exception, RequestDataTooBig) else 400
    known = exception if isinstance(exception, ClawdbotError) else None
    if known and request.get_preferred_type([HTML, JSON]) != HTML:
        return JsonResponse(_body(known), status=status)
    context = {"is_too_large": status == 413, "reason": known.message if known else ""}
    return render(request, "400.html", context, status=status)


def failed(request: HttpRequest) -> HttpResponse:
    """Django's `handler500`: 503 with Retry-After while the database is away, else 500; JSON for
    scripts. Asks the database for nothing, not even who is signed in."""
    error = sys.exc_info()[1]
    if not isinstance(error, Exception):  # nobody calls it so
        return HttpResponse(status=500)
    known, wait_s = told(error), retry_after_s(error)
    headers = {"Retry-After": str(wait_s)} if wait_s is not None else {}
    if request.path.startswith(FOR_PROGRAMS) or request.get_preferred_type([HTML, JSON]) != HTML:
        return JsonResponse(_body(known), status=known.status, headers=headers)
    page = loader.get_template("503.html" if known.status == 503 else "500.html")
    return HttpResponse(page.render({"error": known}), status=known.status, headers=headers)


def _body(error: ClawdbotError) -> dict[str, object]:
    said = {"code": error.code, "message": str(error.message), "details": error.details}
    return {"error": said}
