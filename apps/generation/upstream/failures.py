"""What went wrong with a server, as the errors that callers know."""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from apps.core.digits import number_in
from apps.core.errors import ClawdbotError, Invalid, Overloaded, Retryable

if TYPE_CHECKING:
    import httpx

    from apps.generation.upstream.values import Target

UNREACHABLE = "engine_unreachable"  # no connection, or it broke before the first word
TOO_SLOW = "engine_timeout"
LOST = "engine_lost"  # it broke after the first word
RESTING = "engine_resting"  # its breaker is open
LOADING = "model_loading"
MISCONFIGURED = "engine_refused"  # no such model there, or the key is not accepted
CONTEXT_EXCEEDED = "context_length_exceeded"
IMPOSSIBLE = "impossible_grammar"  # the caller's own grammar leads nowhere: no fault of the server
_MOST_RETRY_AFTER_S = 600


def unreachable(target: "Target") -> Retryable:
    """It could not be connected to, or broke off before the first word."""
    return Retryable(
        _("The model server at %(host)s cannot be reached.") % {"host": target.host},
        code=UNREACHABLE,
    )


def too_slow(target: "Target") -> Retryable:
    """It said nothing in the time that it has."""
    return Retryable(
        _("The model server at %(host)s took too long.") % {"host": target.host}, code=TOO_SLOW
    )


def lost(target: "Target") -> Retryable:
    """It broke off after the first word."""
    return Retryable(
        _("The model server at %(host)s broke off in the middle of its answer. Ask again.")
        % {"host": target.host},
        code=LOST,
    )


def resting(target: "Target", rests_s: float) -> Retryable:
    """It failed too often of late, and is left alone for so long."""
    return Retryable(
        _("The model server at %(host)s failed several times; it is tried again soon.")
        % {"host": target.host},
        code=RESTING,
        details={"retry_after_s": max(1, round(rests_s))},
    )


def loading(model: str, retry_after_s: int) -> Retryable:
    """The node begins to hold the model, which takes about so long."""
    return Retryable(
        _("The model %(model)s is being loaded. Ask again in a moment.") % {"model": model},
        code=LOADING,
        details={"retry_after_s": retry_after_s},
    )


def of_response(response: "httpx.Response", target: "Target") -> ClawdbotError:
    """The error of a response that is none of success; its body must have been read.

    A remote server's own words are not passed on.
    """
    error = error_object(response)
    status = response.status_code
    if status == 429:
        return Overloaded(
            _("The model server has too much to do just now. Ask again later."),
            retry_after_s=retry_after(response),
        )
    if status in {401, 403, 404}:
        return Retryable(
            _("The model server at %(host)s does not accept this request (%(status)s).")
            % {"host": target.host, "status": status},
            code=MISCONFIGURED,
        )
    if 400 <= status < 500:
        return _refused(error, target)
    if error.get("code") == LOADING:
        return loading(target.model, retry_after(response))
    return unreachable(target)


def of_error(error: Mapping[str, Any], target: "Target", *, is_begun: bool) -> ClawdbotError:
    """The error of an object in the stream, after 200 was said."""
    code = error.get("code")
    if code == IMPOSSIBLE or (code == CONTEXT_EXCEEDED and not is_begun):
        return _refused(error, target)
    return lost(target) if is_begun else unreachable(target)


def _refused(error: Mapping[str, Any], target: "Target") -> Invalid:
    code = str(error.get("code") or "")
    said = str(error.get("message") or "")
    is_told = said and not target.is_remote
    known = CONTEXT_EXCEEDED if CONTEXT_EXCEEDED in (code, error.get("type")) else "invalid"
    return Invalid(
        said[:500] if is_told else _("The model server does not accept this request."),
        code=known,
        details={
            name: error[name] for name in ("n_prompt_tokens", "n_ctx", "param") if error.get(name)
        },
    )


def error_object(response: "httpx.Response") -> dict[str, Any]:
    """The `error` of an answer in OpenAI's shape; empty where there is none."""
    try:
        body = json.loads(response.content)
    except ValueError:
        return {}
    error = body.get("error") if isinstance(body, dict) else None
    if isinstance(error, dict):
        return error
    return {"message": error} if isinstance(error, str) else {}


def retry_after(response: "httpx.Response") -> int:
    """Seconds of its Retry-After; 1 where there is none or a date."""
    told = number_in(response.headers.get("retry-after", "")) or 1
    return min(_MOST_RETRY_AFTER_S, max(1, told))
