"""Idempotency-Key: a POST repeated with the same key is carried out once.

After draft-ietf-httpapi-idempotency-key-header. Only what succeeded is kept: a refusal changed
nothing and may be tried again under its key.
"""

import functools
import json
from collections.abc import Callable, Collection
from datetime import timedelta
from typing import Any, Concatenate, ParamSpec, TypeAlias, TypeVar, cast

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.api.fingerprints import fingerprint
from apps.api.idempotency_work import take_over, under_way
from apps.api.models import IdempotencyRecord
from apps.api.signed_in import user_of
from apps.core import clock
from apps.core.errors import Conflict, Invalid

HEADER = "Idempotency-Key"
KEPT = timedelta(hours=24)
MAX_KEY_CHARS = 200
View = TypeVar("View", bound=APIView)
P = ParamSpec("P")
PostMethod: TypeAlias = Callable[Concatenate[View, Request, P], Response]
PARAMETER = OpenApiParameter(
    name=HEADER,
    location=OpenApiParameter.HEADER,
    type={"type": "string", "minLength": 1, "maxLength": MAX_KEY_CHARS, "pattern": "^[!-~]+$"},
    description=(
        "Any text of your own, a new one for each new request. Sending the same request again "
        "with the same key within 24 hours returns the first answer and does nothing more; a "
        "different request with a used key is refused with 409."
    ),
)


def idempotent(
    post: PostMethod[View, P],
) -> PostMethod[View, P]:
    """Make a POST method honour Idempotency-Key, and say so in the schema."""

    @functools.wraps(post)
    def wrapper(self: View, request: Request, *args: P.args, **kwargs: P.kwargs) -> Response:
        key = request.headers.get(HEADER)
        if key is None:
            return post(self, request, *args, **kwargs)
        record = _begin(request, key)
        if record.status is not None:
            return _replay(record)
        try:
            with under_way(record):
                response = post(self, request, *args, **kwargs)
        except BaseException:
            _forget(record)
            raise
        _keep(record, response, without=getattr(self, "never_kept", ()))
        return response

    return cast(PostMethod[View, P], extend_schema(parameters=[PARAMETER])(wrapper))


def _begin(request: Request, key: str) -> IdempotencyRecord:
    """A record of ours to fill, or the finished one of the same request before."""
    if not key.isascii() or not key.isprintable() or not 0 < len(key) <= MAX_KEY_CHARS:
        raise Invalid(_("Idempotency-Key takes 1 to 200 printable ASCII characters."))
    now, user = clock.now(), user_of(request)
    IdempotencyRecord.objects.filter(started_at__lt=now - KEPT).delete()
    wanted = fingerprint(request)
    record, is_ours = IdempotencyRecord.objects.get_or_create(
        user=user, key=key, defaults={"fingerprint": wanted, "started_at": now}
    )
    if is_ours:
        return record
    if record.fingerprint != wanted:
        raise Conflict(
            _("This Idempotency-Key was used for another request. Use a new key."),
            code="idempotency_key_reused",
        )
    if record.status is None and not take_over(record):
        raise Conflict(
            _("The first request with this Idempotency-Key is still being worked on. Wait."),
            code="idempotency_in_progress",
        )
    return record


def _keep(record: IdempotencyRecord, response: Response, *, without: Collection[str]) -> None:
    """`without`: fields that hold what people wrote; told again they are empty."""
    if not 200 <= response.status_code < 300:
        _forget(record)
        return
    record.status = response.status_code
    kept: Any = response.data
    if without:
        kept = {name: "" if name in without else value for name, value in kept.items()}
    record.body = JSONRenderer().render(kept).decode()
    record.save(update_fields=["status", "body"])


def _forget(record: IdempotencyRecord) -> None:
    """Unless another process took the request over meanwhile, and did it."""
    IdempotencyRecord.objects.filter(pk=record.pk, status=None).delete()


def _replay(record: IdempotencyRecord) -> Response:
    body: Any = json.loads(record.body) if record.body else None
    return Response(body, status=record.status, headers={"Idempotent-Replayed": "true"})
