"""Refusals, in OpenAI's shape."""

from collections.abc import Mapping
from math import ceil
from typing import Any

from pydantic import ValidationError
from starlette.responses import JSONResponse

from apps.serving.prompting.rendering import TemplateBroken, TemplateRefuses
from apps.serving.protocols import ContextTooLong, QueueFull

_KINDS = {
    401: "authentication_error",
    403: "permission_error",
    404: "not_found_error",
    429: "rate_limit_error",
}


class ApiError(Exception):
    """A refusal that the client reads. `extra`: fields beside `message`."""

    def __init__(
        self,
        status: int,
        message: str,
        *,
        code: str | None = None,
        param: str | None = None,
        extra: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(message)
        self.status, self.code = status, code
        kind = _KINDS.get(status, "server_error" if status >= 500 else "invalid_request_error")
        self.body = {
            "error": {"message": message, "type": kind, "code": code, "param": param}
            | dict(extra or {})
        }
        self.headers: dict[str, str] = {}

    def with_header(self, name: str, value: str) -> "ApiError":
        """The same with a header of the answer."""
        self.headers[name] = value
        return self

    def response(self) -> JSONResponse:
        """The answer."""
        return JSONResponse(self.body, self.status, headers=self.headers)


def stopping() -> ApiError:
    """This server goes away."""
    return ApiError(503, "This model server is stopping. Try again.", code="stopping")


def unsupported(name: str, why: str = "is not supported by this server") -> ApiError:
    """A parameter whose meaning cannot be met; ignoring it would give another answer."""
    return ApiError(400, f"`{name}` {why}.", code="unsupported_parameter", param=name)


def from_validation(error: ValidationError) -> ApiError:
    """The first thing that is wrong with a body."""
    first = error.errors(include_url=False, include_input=False)[0]
    where = ".".join(str(part) for part in first["loc"])
    message = first["msg"].removeprefix("Value error, ")
    text = f"`{where}`: {message}" if where else message
    return ApiError(400, text, code="invalid_value", param=where or None)


def from_refusal(error: Exception) -> ApiError:
    """What a batcher or a template says no to. Others are raised again."""
    if isinstance(error, ContextTooLong):
        return ApiError(
            400,
            f"{error} Shorten the messages or ask for less.",
            code="context_length_exceeded",
            param="messages",
            extra={"n_prompt_tokens": error.tokens, "n_ctx": error.context},
        )
    if isinstance(error, QueueFull):
        refusal = ApiError(
            429, f"The model is busy: {error}. Try again later.", code="queue_full",
            extra={"retry_after_s": round(error.retry_after_s, 1)},
        )  # fmt: skip
        return refusal.with_header("Retry-After", str(max(1, ceil(error.retry_after_s))))
    if isinstance(error, TemplateRefuses | TemplateBroken):
        text = f"The model's chat template refuses this conversation: {error}"
        return ApiError(400, text, code="chat_template", param="messages")
    if isinstance(error, ValueError):
        return ApiError(400, str(error), code="invalid_value")
    raise error
