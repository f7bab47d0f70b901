"""Errors as OpenAI's clients know them."""

from typing import Any

from apps.core.errors import ClawdbotError

_TYPES = {
    401: "authentication_error",
    403: "permission_error",
    404: "not_found_error",
    413: "request_too_large",
    429: "rate_limit_error",
    503: "service_unavailable_error",
}
# Names of OpenAI's own where they mean the same.
_CODES = {
    "unauthenticated": "invalid_api_key",
    "rate_limited": "rate_limit_exceeded",
    "invalid": "invalid_request",
}


def body_of(error: ClawdbotError) -> dict[str, Any]:
    """`{"error": {"message", "type", "param", "code"}}`, and what else is known beside them."""
    usual = "invalid_request_error" if error.status < 500 else "server_error"
    details = dict(error.details)
    return {
        "error": {
            "message": str(error.message),
            "type": _TYPES.get(error.status, usual),
            "param": details.pop("param", None),
            "code": _CODES.get(error.code, error.code),
            **details,
        }
    }
