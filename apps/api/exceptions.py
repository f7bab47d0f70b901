"""Every refusal and failure as `{"error": {"code", "message", "details"}}`."""

import logging
import uuid
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.http import Http404
from django.http.multipartparser import MultiPartParserError
from django.utils.translation import gettext as _
from rest_framework import exceptions as drf
from rest_framework.response import Response
from rest_framework.views import set_rollback

from apps.core.errors import ClawdbotError, Overloaded, Retryable

logger = logging.getLogger(__name__)
CODES = {
    400: "invalid",
    401: "unauthenticated",
    403: "forbidden",
    404: "not_found",
    405: "method_not_allowed",
    406: "not_acceptable",
    413: "too_large",
    415: "unsupported",
    429: "overloaded",
}
RETRY_AFTER_S = 5


def handle(error: Exception, context: dict[str, Any]) -> Response:
    """The answer to any exception of a view. A bug is logged and told by its id only."""
    set_rollback()
    headers = _headers(error, context)
    if isinstance(error, ClawdbotError) and error.status < 500:
        return Response(body_of(error), status=error.status, headers=headers)
    if isinstance(error, Retryable):
        return Response(body_of(error), status=error.status, headers=headers)
    if refusal := _refusal(error):
        return Response(body_of(refusal), status=refusal.status, headers=headers)
    return Response(body_of(unexpected(error)), status=500)


def body_of(error: ClawdbotError) -> dict[str, Any]:
    """The error object of the contract."""
    return {"error": {"code": error.code, "message": str(error.message), "details": error.details}}


def unexpected(error: Exception) -> ClawdbotError:
    """Log a bug with its traceback; what the caller learns is the id to look for in the log."""
    trace_id = uuid.uuid4().hex
    logger.error("unexpected error %s", trace_id, exc_info=error)
    return ClawdbotError(
        _("Something went wrong inside Clawdbot. Tell your administrator the trace id."),
        details={"trace_id": trace_id},
    )


class _Refusal(ClawdbotError):
    """A refusal of the frameworks below, in our words."""

    def __init__(self, status: int, message: str, details: dict[str, Any] | None = None) -> None:
        super().__init__(message, code=CODES.get(status, "invalid"), details=details)
        self.status = status


def _refusal(error: Exception) -> _Refusal | None:
    if isinstance(error, drf.ValidationError):
        return _Refusal(400, _("The request is not valid; see details."), _details(error))
    if isinstance(error, drf.APIException) and error.status_code < 500:
        return _Refusal(error.status_code, str(error.detail))
    for kind, status, message in (
        (Http404, 404, _("There is no such thing, or you may not read it.")),
        (PermissionDenied, 403, _("You may not do this.")),
        (RequestDataTooBig, 413, _("The request is too large.")),
        ((SuspiciousOperation, MultiPartParserError), 400, _("The request cannot be read.")),
    ):
        if isinstance(error, kind):
            return _Refusal(status, message)
    return None


def _details(error: drf.ValidationError) -> dict[str, Any]:
    detail = error.detail
    return dict(detail) if isinstance(detail, dict) else {"errors": detail}


def _headers(error: Exception, context: dict[str, Any]) -> dict[str, str]:
    if isinstance(error, Overloaded):
        return {"Retry-After": str(error.retry_after_s)}
    if isinstance(error, Retryable):
        return {"Retry-After": str(RETRY_AFTER_S)}
    if isinstance(error, drf.Throttled) and (wait_s := getattr(error, "wait", None)):
        return {"Retry-After": str(int(wait_s) + 1)}
    view, request = context.get("view"), context.get("request")
    is_unauthenticated = getattr(error, "status", getattr(error, "status_code", 0)) == 401
    if is_unauthenticated and view is not None:
        return {"WWW-Authenticate": view.get_authenticate_header(request)}
    return {}
