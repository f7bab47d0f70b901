"""What went wrong in a request, whoever noticed it, as one of our errors."""

import logging
import uuid
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.http import Http404
from django.http.multipartparser import MultiPartParserError
from django.utils.translation import gettext as _
from rest_framework import exceptions as drf

from apps.core import metering, request_ids
from apps.core.errors import ClawdbotError, Overloaded, Retryable
from apps.core.outages import DATABASE_AWAY, is_cut

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


def told(error: Exception) -> ClawdbotError:
    """What may be told of it, by which the request ends. A bug is logged with its traceback and
    told by its id only."""
    refusal = _told(error)
    metering.told(status=refusal.status, code=refusal.code)
    return refusal


def _told(error: Exception) -> ClawdbotError:
    if isinstance(error, ClawdbotError) and (error.status < 500 or isinstance(error, Retryable)):
        return error
    if isinstance(error, DATABASE_AWAY):
        return _database_away(error)
    return _refusal(error) or unexpected(error)


def _database_away(error: Exception) -> Retryable:
    logger.error("the database is away: %s", error, exc_info=None if is_cut(error) else error)
    return Retryable(
        _("The database does not answer just now. Try again in a few seconds."),
        code="database_away",
        details={"retry_after_s": RETRY_AFTER_S},
    )


def unexpected(error: Exception) -> ClawdbotError:
    """Log a bug with its traceback; what the caller learns is the id to look for in the log."""
    trace_id = request_ids.current() or uuid.uuid4().hex
    logger.error("unexpected error %s", trace_id, exc_info=error)
    return ClawdbotError(
        _("Something went wrong inside Clawdbot. Tell your administrator the trace id."),
        details={"trace_id": trace_id},
    )


def retry_after_s(error: Exception) -> int | None:
    """Seconds after which the call may be made again; None: it is no question of time."""
    if isinstance(error, Overloaded):
        return error.retry_after_s
    if isinstance(error, Retryable):
        return int(error.details.get("retry_after_s") or RETRY_AFTER_S)
    if isinstance(error, DATABASE_AWAY):
        return RETRY_AFTER_S
    if isinstance(error, drf.Throttled) and (wait_s := getattr(error, "wait", None)):
        return int(wait_s) + 1
    return None


class _Refusal(ClawdbotError):
    """A refusal of the frameworks below, in our words."""

    def __init__(self, status: int, message: str, details: dict[str, Any] | None = None) -> None:
        super().__init__(message, code=CODES.get(status, "invalid"), details=details)
        self.status = status


def _refusal(error: Exception) -> _Refusal | None:
    if isinstance(error, drf.ValidationError):
        return _Refusal(400, _("The request is not valid; see details."), _details(error))
    if isinstance(error, drf.APIException) and error.status_code < 500:
        return _Refusal(error.status_code, _words(error))
    for kind, status, message in (
        (Http404, 404, _("There is no such thing, or you may not read it.")),
        (PermissionDenied, 403, _("You may not do this.")),
        (RequestDataTooBig, 413, _("The request is too large.")),
        ((SuspiciousOperation, MultiPartParserError), 400, _("The request cannot be read.")),
    ):
        if isinstance(error, kind):
            return _Refusal(status, message)
    return None


def _words(error: drf.APIException) -> str:
    """What the framework says, or what to do where it does not say that."""
    if isinstance(error, drf.NotAuthenticated):
        return _("Nobody is signed in. Send an API key: “Authorization: Bearer KEY”.")
    if isinstance(error, drf.UnsupportedMediaType):
        return _("This address does not take such a body. Send JSON as “application/json”.")
    return str(error.detail)


def _details(error: drf.ValidationError) -> dict[str, Any]:
    detail = error.detail
    return dict(detail) if isinstance(detail, dict) else {"errors": detail}
