"""The widget's token: signed, short-lived, for one widget on one origin and one session."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Self
from uuid import UUID, uuid4

from django.core import signing

from apps.knowledge.models import Widget

SALT = "clawdbot.widget.token"
VALID = timedelta(minutes=10)
CONTINUED = timedelta(hours=12)  # how long after its issue a token still names its session


@dataclass(frozen=True, slots=True)
class Pass:
    """What a token says. `session` is random: it also names the session's conversation."""

    widget: UUID
    origin: str
    session: UUID

    @classmethod
    def first(cls, widget: Widget, origin: str) -> Self:
        """Of a session that begins."""
        return cls(widget=widget.uuid, origin=origin, session=uuid4())


def token_issue(granted: Pass) -> str:
    """The token for the pass; holds for `VALID`."""
    claims = [str(granted.widget), granted.origin, str(granted.session)]
    return signing.dumps(claims, salt=SALT)


def token_read(token: str, *, valid: timedelta = VALID) -> Pass | None:
    """The pass of a token that we signed within `valid`, else None."""
    try:
        widget, origin, session = signing.loads(token, salt=SALT, max_age=valid)
    except signing.BadSignature:
        return None
    return Pass(widget=UUID(widget), origin=origin, session=UUID(session))
