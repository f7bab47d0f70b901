"""Signing in with an API key, wherever a vendor's client puts it. A browser's session is not taken:
what needs no cookie needs no protection against other sites, either."""

from dataclasses import dataclass
from typing import Self, cast

from django.utils.translation import gettext as _
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.request import Request

from apps.accounts.api_keys import api_key_authenticate
from apps.accounts.models import ApiKey, User
from apps.core.errors import Unauthenticated
from apps.core.traffic.protocols import Priority
from apps.gateway.sources import Site
from apps.generation.admission import Caller

SCHEME = b"bearer"
PRIORITY_HEADER = "X-Clawdbot-Priority"
BATCH = "batch"


class GatewayKey(BaseAuthentication):
    """`x-api-key: <key>` (Anthropic), or `Authorization: Bearer <key>` (OpenAI, Ollama)."""

    def authenticate(self, request: Request) -> tuple[User, ApiKey] | None:
        """The key's user and the key; None when the request carries none."""
        secret = request.headers.get("X-Api-Key", "").strip() or _bearer(request)
        if not secret:
            return None
        key = api_key_authenticate(secret)
        return key.user, key

    def authenticate_header(self, request: Request) -> str:
        """What WWW-Authenticate tells a caller without a key; makes the refusal a 401."""
        return 'Bearer realm="clawdbot"'


@dataclass(frozen=True, slots=True)
class Asker:
    """Who calls, with which key, in which class of traffic, at which of our addresses."""

    user: User
    key: ApiKey
    priority: Priority
    site: Site

    @classmethod
    def of(cls, request: Request) -> Self:
        """Of a request that was let in."""
        is_batch = request.headers.get(PRIORITY_HEADER, "").strip().lower() == BATCH
        return cls(
            user=cast(User, request.user),
            key=cast(ApiKey, request.auth),
            priority=Priority.BATCH if is_batch else Priority.API,
            site=Site.of(request),
        )

    @property
    def caller(self) -> Caller:
        """As traffic control knows them."""
        return Caller.of(self.user, self.key)


def _bearer(request: Request) -> str:
    words = get_authorization_header(request).split()
    if not words or words[0].lower() != SCHEME:
        return ""
    if len(words) != 2:
        raise Unauthenticated(_("Write the header as `Authorization: Bearer <key>`."))
    return words[1].decode("latin-1")
