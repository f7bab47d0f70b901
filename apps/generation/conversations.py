"""A user's conversations."""

from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.core.errors import NotFound
from apps.generation.models import Conversation, Trace

TITLE_CHARACTERS = 80


def conversation_create(*, by: User, title: str = "") -> Conversation:
    """Open an empty conversation; without a title its first question becomes the title."""
    return Conversation.objects.create(user=by, title=title.strip()[:TITLE_CHARACTERS])


def conversation_list(*, by: User) -> QuerySet[Conversation]:
    """The user's own conversations, last used first."""
    return Conversation.objects.filter(user=by)


def conversation_get(*, uuid: UUID, by: User) -> Conversation:
    """One of the user's own. Raises NotFound for any other."""
    found = Conversation.objects.filter(uuid=uuid, user=by).first()
    if found is None:
        raise NotFound(_("There is no such conversation of yours. Leave it out to start afresh."))
    return found


def conversation_delete(*, conversation: Conversation, by: User) -> None:
    """Remove the conversation with its questions and answers. Raises NotFound if not the user's."""
    conversation_get(uuid=conversation.uuid, by=by).delete()


def turn_add(conversation: Conversation, question: str) -> None:
    """Note that a question was asked in it: moves it to the top, names it when it has no title."""
    conversation.title = conversation.title or question.strip()[:TITLE_CHARACTERS]
    conversation.save(update_fields=["title", "updated_at"])


def previous_question(conversation: Conversation) -> str:
    """What the last question was understood as; empty in a fresh conversation."""
    last = (
        conversation.traces.filter(kind=Trace.Kind.ASK)
        .order_by("-created_at", "-pk")
        .values_list("search_query", "question")
        .first()
    )
    return (last[0] or last[1]) if last else ""
