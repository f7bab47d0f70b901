"""From a request and what its meter was told to the ledger's row."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.utils.functional import SimpleLazyObject

from apps.accounts.models import ApiKey, User
from apps.core import config, request_ids
from apps.core.metering import Meter, Outcome, Stage, Surface
from apps.core.nodes import node_name
from apps.core.refusals import CODES
from apps.ops.ledger import routes
from apps.ops.ledger.networks import network_of
from apps.ops.ledger_records import NAME_CHARACTERS, RequestRecord

CLIENT_GONE = 499
CODE_CHARACTERS, SHA256_CHARACTERS = 64, 64
MODEL_SHA256_SHOWN = 12
_SUCCESSES = frozenset({Outcome.ANSWERED, Outcome.NOT_FOUND, Outcome.DONE, Outcome.CANCELLED})
_REFUSED_AS_503 = frozenset({"overloaded"})
MS_COLUMNS = {stage: f"{stage}_ms" for stage in Stage}


@dataclass(frozen=True, slots=True)
class Entry:
    """A row that is not written yet: its time is told when it is (`begun_at`: perf_counter)."""

    record: RequestRecord
    begun_at: float
    up: int = 0
    down: int = 0


def entry_of(
    request: HttpRequest, response: HttpResponseBase, meter: Meter, *, is_whole: bool
) -> Entry | None:
    """The row of a request that is over; None where it is none of a use-case, and did no harm.

    `is_whole`: the client took all of the response.
    """
    meaning = routes.meaning_of(request.resolver_match, request.method or "")
    status = meter.status or response.status_code
    outcome = _outcome(request, response, meter, is_whole=is_whole)
    if request.resolver_match is None or _is_later_part(request, response):
        return None
    if outcome in _SUCCESSES and not routes.is_told_of(request.resolver_match, request.method):
        return None
    record = RequestRecord(
        surface=_surface(request),
        kind=meter.kind or (meaning or routes.OTHER).kind,
        outcome=outcome,
        status=status,
        code="" if outcome in _SUCCESSES else _code(meter, response)[:CODE_CHARACTERS],
        **_whom(request),
        **figures_of(meter),
        **_named(request, meter, meaning),
    )
    return Entry(record, meter.begun_at, meter.up, meter.down)


def outcome_of(status: int, code: str, *, is_address: bool = True) -> Outcome:
    """What a response of this status means where nobody told more. `is_address`: there is one."""
    if status in {401, 403} or (status == 404 and is_address):
        return Outcome.DENIED
    if status == CLIENT_GONE:
        return Outcome.CANCELLED
    if 400 <= status < 500 or (status == 503 and code in _REFUSED_AS_503):
        return Outcome.REFUSED
    return Outcome.FAILED if status >= 500 else Outcome.DONE


def _outcome(
    request: HttpRequest, response: HttpResponseBase, meter: Meter, *, is_whole: bool
) -> Outcome:
    is_address = not routes.is_nowhere(request.resolver_match)
    if meter.status:
        return outcome_of(meter.status, meter.code, is_address=is_address)
    if response.status_code < 400 and not is_whole:
        return Outcome.CANCELLED
    if meter.outcome is not None:
        return meter.outcome
    if _is_sent_to_sign_in(request, response) or _is_failed_sign_in(request, response):
        return Outcome.DENIED
    return outcome_of(response.status_code, meter.code, is_address=is_address)


def _is_sent_to_sign_in(request: HttpRequest, response: HttpResponseBase) -> bool:
    """In place of what was wanted; not from a page on which nothing was, or after signing out."""
    if routes.meaning_of(request.resolver_match, request.method) is None:
        return False
    where = response.headers.get("Location") or response.headers.get("HX-Redirect", "")
    return where.startswith((f"{settings.LOGIN_URL}?", "/admin/login/?"))


def _is_failed_sign_in(request: HttpRequest, response: HttpResponseBase) -> bool:
    match = request.resolver_match
    is_sign_in = match is not None and match.route in {"login/", "admin/login/"}
    return is_sign_in and request.method == "POST" and response.status_code == 200


def _code(meter: Meter, response: HttpResponseBase) -> str:
    status = response.status_code
    return meter.code or CODES.get(status, "unauthenticated" if status < 400 else "internal_error")


def _is_later_part(request: HttpRequest, response: HttpResponseBase) -> bool:
    """A viewer fetches a file in many parts: it was opened with the first one."""
    wanted = request.headers.get("Range", "bytes=0-")
    return response.status_code == 206 and not wanted.startswith("bytes=0-")


def _surface(request: HttpRequest) -> Surface:
    surface = routes.surface_of(request.path_info)
    if surface is not Surface.API:
        return surface
    if request.headers.get("Authorization", "").lower().startswith("widget "):
        return Surface.WIDGET
    return Surface.PORTAL if _has_session(request) else Surface.API


def _has_session(request: HttpRequest) -> bool:
    return not request.headers.get("Authorization") and _user(request) is not None


def _user(request: HttpRequest) -> User | None:
    """Who was signed in, if anybody asked: it is not found out for the ledger."""
    known = request.__dict__
    found = known.get("_cached_user", known.get("user"))
    if type(found) is SimpleLazyObject:  # isinstance() would ask the database who it is
        return None
    return found if isinstance(found, User) else None


def _whom(request: HttpRequest) -> Mapping[str, Any]:
    user, key = _user(request), getattr(request, "auth", None)
    address = str(request.META.get("REMOTE_ADDR", ""))
    return {
        "user_id": user.pk if user else None,
        "key_id": key.pk if isinstance(key, ApiKey) else None,
        "network": network_of(address) if config.load().ledger.networks else "",
        "node": node_name(),
        "request_id": request_ids.current(),
    }


def figures_of(meter: Meter) -> Mapping[str, Any]:
    """The row's columns that the meter knows, with the total up to now."""
    model = meter.model[:MODEL_SHA256_SHOWN] if len(meter.model) == SHA256_CHARACTERS else None
    first = meter.first_token_at
    return {
        **{column: _rounded(meter.ms(stage)) for stage, column in MS_COLUMNS.items()},
        "first_token_ms": None if first is None else _rounded(1000 * (first - meter.begun_at)),
        "total_ms": _rounded(1000 * (time.perf_counter() - meter.begun_at)),
        "tokens_in": meter.tokens.read,
        "tokens_cached": meter.tokens.cached,
        "tokens_out": meter.tokens.written,
        "engine": meter.engine[:NAME_CHARACTERS],
        "model": (model or meter.model)[:NAME_CHARACTERS],
        "generation": meter.generation,
        "trace": meter.trace,
        "is_injection": meter.is_injection,
    }


def _named(
    request: HttpRequest, meter: Meter, meaning: routes.Meaning | None
) -> Mapping[str, UUID | None]:
    found: dict[str, UUID | None] = {"collection": meter.collection, "document": None}
    named = request.resolver_match.kwargs.get("uuid") if request.resolver_match else None
    if meaning is not None and meaning.names and isinstance(named, UUID):
        found[meaning.names] = named
    return found


def _rounded(ms: float | None) -> float | None:
    return None if ms is None else round(ms, 3)
