"""Asking with a widget's token: as the widget's user, in its collection, within its session."""

from django.utils.translation import gettext as _
from rest_framework.authentication import (
    BaseAuthentication,
    SessionAuthentication,
    get_authorization_header,
)
from rest_framework.request import Request

from apps.accounts.models import User
from apps.accounts.restrictions import require_unrestricted
from apps.api.authentication import ApiKeyAuthentication
from apps.api.widget.sessions import WidgetSession
from apps.api.widget.tokens import token_read
from apps.core.errors import Unauthenticated
from apps.knowledge.widgets import widget_get

SCHEME = "Widget"


class WidgetAuthentication(BaseAuthentication):
    """`Authorization: Widget <token>`; only views that name this class take it."""

    def authenticate(self, request: Request) -> tuple[User, WidgetSession] | None:
        """The widget's user; None without such a token. Read afresh: what ended, ends at once."""
        words = get_authorization_header(request).split()
        if not words or words[0].lower() != SCHEME.lower().encode():
            return None
        granted = token_read(words[1].decode("latin-1")) if len(words) == 2 else None
        widget = granted and widget_get(
            granted.widget, origin=granted.origin, own_origin=own_origin(request)
        )
        if not granted or not widget:
            raise Unauthenticated(_("The assistant's pass has run out. Open the assistant again."))
        require_unrestricted(widget.acts_as)
        return widget.acts_as, WidgetSession(widget=widget, session=granted.session)

    def authenticate_header(self, request: Request) -> str:
        """What WWW-Authenticate tells."""
        return f'{SCHEME} realm="clawdbot"'


def own_origin(request: Request) -> str:
    """The origin of our own pages, as the request's caller sees it."""
    return f"{request.scheme}://{request.get_host()}"


# For the views that take it. The key's class stays first: it names the scheme in a refusal.
WITH_WIDGET = (ApiKeyAuthentication, WidgetAuthentication, SessionAuthentication)
