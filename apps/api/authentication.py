"""Signing in to the API with a bearer key; the portal's session is DRF's own."""

from django.utils.translation import gettext as _
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.request import Request

from apps.accounts.api_keys import api_key_authenticate
from apps.accounts.models import ApiKey, User
from apps.core.errors import Unauthenticated

SCHEME = "Bearer"


class ApiKeyAuthentication(BaseAuthentication):
    """`Authorization: Bearer <key>` (RFC 6750)."""

    def authenticate(self, request: Request) -> tuple[User, ApiKey] | None:
        """The key's user and the key; None when the request carries no bearer key."""
        words = get_authorization_header(request).split()
        if not words or words[0].lower() != SCHEME.lower().encode():
            return None
        if len(words) != 2:
            raise Unauthenticated(_("Write the header as `Authorization: Bearer <key>`."))
        key = api_key_authenticate(words[1].decode("latin-1"))
        return key.user, key

    def authenticate_header(self, request: Request) -> str:
        """What WWW-Authenticate tells a caller without a key; makes the refusal a 401."""
        return f'{SCHEME} realm="clawdbot"'
