"""Errors as Anthropic's clients know them."""

from typing import Any

from apps.core.errors import ClawdbotError

OVERLOADED = 529  # Anthropic's own number
_FULL = "overloaded"  # too many questions of all; not: too many of this caller
_TYPES = {
    401: "authentication_error",
    403: "permission_error",
    404: "not_found_error",
    413: "request_too_large",
    429: "rate_limit_error",
    OVERLOADED: "overloaded_error",
}


def body_of(error: ClawdbotError) -> tuple[dict[str, Any], int]:
    """`{"type": "error", "error": {"type", "message"}}` and its status: 429 where the caller asks
    too much, 529 where all ask too much."""
    status = OVERLOADED if error.status == 429 and error.code == _FULL else error.status
    usual = "invalid_request_error" if status < 500 else "api_error"
    told = {
        "type": _TYPES.get(status, usual),
        "message": str(error.message),
        "code": error.code,
        **error.details,
    }
    return {"type": "error", "error": told}, status
