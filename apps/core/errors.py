"""The errors a caller may meet: each has a stable code, an HTTP status and a message to act on."""

from typing import Any


class ClawdbotError(Exception):
    """A refusal or failure that may be shown to a user: never a vendor's text or a traceback."""

    status = 500
    code = "internal_error"

    def __init__(
        self, message: str, *, code: str | None = None, details: dict[str, Any] | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or type(self).code
        self.details = details or {}


class Invalid(ClawdbotError):
    status, code = 400, "invalid"


class Unauthenticated(ClawdbotError):
    status, code = 401, "unauthenticated"


class Forbidden(ClawdbotError):
    status, code = 403, "forbidden"


class NotFound(ClawdbotError):
    status, code = 404, "not_found"


class Conflict(ClawdbotError):
    status, code = 409, "conflict"


class TooLarge(ClawdbotError):
    status, code = 413, "too_large"


class Unsupported(ClawdbotError):
    status, code = 415, "unsupported"


class Overloaded(ClawdbotError):
    """Too many requests for now; `retry_after_s` is sent as Retry-After (seconds)."""

    status, code = 429, "overloaded"

    def __init__(
        self,
        message: str,
        *,
        retry_after_s: int = 1,
        code: str | None = None,
        details: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(message, code=code, details=details)
        self.retry_after_s = retry_after_s


class Retryable(ClawdbotError):
    """A passing fault: the same call may succeed later."""

    status, code = 503, "retryable"
