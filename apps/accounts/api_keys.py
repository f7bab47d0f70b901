"""Issuing and checking API keys."""

import hashlib
import secrets
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from apps.accounts.models import ApiKey, User
from apps.accounts.restrictions import require_unrestricted
from apps.core import clock
from apps.core.errors import Unauthenticated

PREFIX = "cb_"
LAST_USED_GRANULARITY = timedelta(minutes=1)
_being_noted: set[str] = set()  # digests: of a crowd with one key, one request writes


def api_key_create(
    *, user: User, name: str, expires_at: datetime | None = None
) -> tuple[ApiKey, str]:
    """Issue a key. The second value is the secret: it cannot be shown again."""
    secret = PREFIX + secrets.token_urlsafe(32)
    key = ApiKey.objects.create(
        user=user,
        name=name,
        prefix=secret[:10],
        secret_sha256=_digest(secret),
        expires_at=expires_at,
    )
    return key, secret


def api_key_authenticate(secret: str) -> ApiKey:
    """The usable key with this secret. Raises Unauthenticated otherwise, and Forbidden or
    Overloaded while the key or its user is restricted."""
    key = ApiKey.objects.select_related("user").filter(secret_sha256=_digest(secret)).first()
    if key is None or not key.is_usable or not key.user.is_active:
        raise Unauthenticated(_("The API key is unknown, expired or revoked. Ask for a new one."))
    require_unrestricted(key, key.user)
    _note_use(key)
    return key


def api_key_revoke(key: ApiKey) -> None:
    """Refuse the key from now on. Safe to repeat."""
    ApiKey.objects.filter(pk=key.pk, revoked_at=None).update(revoked_at=clock.now())


def _note_use(key: ApiKey) -> None:
    """Each minute. Who finds another request at it does not wait for the database's one writer."""
    now, digest = clock.now(), key.secret_sha256
    is_noted = key.last_used_at and now - key.last_used_at <= LAST_USED_GRANULARITY
    if is_noted or digest in _being_noted:
        return
    _being_noted.add(digest)
    try:
        ApiKey.objects.filter(pk=key.pk).update(last_used_at=now)
    finally:
        _being_noted.discard(digest)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
