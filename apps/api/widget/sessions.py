"""What a request with a widget's token may touch: one collection, one conversation."""

from dataclasses import dataclass
from uuid import UUID, uuid5

from django.utils.translation import gettext as _
from rest_framework.request import Request

from apps.core.errors import NotFound
from apps.generation.conversations import conversation_resume, has_turn
from apps.generation.models import Conversation
from apps.knowledge.models import Widget
from apps.knowledge.widgets import question_admit


@dataclass(frozen=True, slots=True)
class WidgetSession:
    """The `auth` of a request that carries a widget's token."""

    widget: Widget
    session: UUID

    @property
    def conversation(self) -> UUID:
        """The session's conversation: another one when the widget acts as another user."""
        return uuid5(self.session, str(self.widget.acts_as_id))


def session_of(request: Request) -> WidgetSession | None:
    """The widget's session that makes the request, or None for a key or a person signed in."""
    auth = request.auth
    return auth if isinstance(auth, WidgetSession) else None


def conversation_begin(session: WidgetSession) -> Conversation:
    """Count a question and give the conversation that it belongs to. Raises Overloaded."""
    question_admit(session.widget)
    return conversation_resume(uuid=session.conversation, by=session.widget.acts_as)


def require_own(request: Request, trace: UUID) -> None:
    """Pass unless a widget's session names an answer of another session: NotFound."""
    session = session_of(request)
    if session and not has_turn(conversation=session.conversation, trace=trace):
        raise NotFound(_("There is no such answer of yours to give feedback on."))
