"""Every refusal and failure as `{"error": {"code", "message", "details"}}`."""

from typing import Any

from rest_framework.response import Response
from rest_framework.views import set_rollback

from apps.core.errors import ClawdbotError
from apps.core.refusals import retry_after_s, told


def handle(error: Exception, context: dict[str, Any]) -> Response:
    """The answer to any exception of a view. A bug is logged and told by its id only."""
    set_rollback()
    refusal = told(error)
    return Response(
        body_of(refusal), status=refusal.status, headers=_headers(error, refusal, context)
    )


def body_of(error: ClawdbotError) -> dict[str, Any]:
    """The error object of the contract."""
    return {"error": {"code": error.code, "message": str(error.message), "details": error.details}}


def _headers(error: Exception, refusal: ClawdbotError, context: dict[str, Any]) -> dict[str, str]:
    if (wait_s := retry_after_s(error)) is not None:
        return {"Retry-After": str(wait_s)}
    view, request = context.get("view"), context.get("request")
    if refusal.status == 401 and view is not None:
        return {"WWW-Authenticate": view.get_authenticate_header(request)}
    return {}
