"""The question page: empty, or with the earlier turns of a conversation."""

from typing import Any, cast

from django.db.models import Exists, OuterRef, QuerySet
from django.http import Http404

from apps.accounts.models import User
from apps.core.errors import NotFound
from apps.generation.answer import MAX_CHARACTERS
from apps.generation.conversations import MAX_TITLE_CHARACTERS, conversation_get
from apps.generation.feedback import MAX_CHARACTERS as MAX_FEEDBACK
from apps.generation.models import Feedback
from apps.knowledge.access import collections_of
from apps.knowledge.models import Collection, Permission, Pin
from apps.portal.ask.modules import modules
from apps.portal.policy import PortalPage
from apps.portal.welcome.lead import LeadsToWelcome


class AskPage(LeadsToWelcome, PortalPage):
    """A row of questions and answers. The script talks to the REST API."""

    template_name = "portal/ask/page.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """What can be narrowed to, and the words of the forms."""
        collections = list(_offered(cast(User, self.request.user)))
        return super().get_context_data(
            collections=collections,
            pinned=[one for one in collections if one.is_pinned],  # type: ignore[attr-defined]
            max_characters=MAX_CHARACTERS,
            max_title=MAX_TITLE_CHARACTERS,
            max_feedback=MAX_FEEDBACK,
            modules=modules(),
            reasons=Feedback.Reason.choices,
            **kwargs,
        )


class ConversationPage(AskPage):
    """The same page; its script loads the turns."""

    template_name = "portal/conversations/show.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The conversation, when it is one's own."""
        user = cast(User, self.request.user)
        try:
            conversation = conversation_get(uuid=kwargs["uuid"], by=user)
        except NotFound as error:
            raise Http404 from error
        return super().get_context_data(conversation=conversation, **kwargs)


def _offered(user: User) -> QuerySet[Collection]:
    """The readable collections, one's pinned ones first."""
    pins = Pin.objects.filter(collection=OuterRef("pk"), user=user)
    readable = collections_of(user, Permission.READ)
    return readable.annotate(is_pinned=Exists(pins)).order_by("-is_pinned", "name")
