"""The question page."""

from typing import Any, cast

from apps.accounts.models import User
from apps.generation.answer import MAX_CHARACTERS
from apps.knowledge.access import collections_of
from apps.knowledge.models import Permission
from apps.portal.policy import PortalPage


class AskPage(PortalPage):
    """One question, one answer with its sources. The script talks to the REST API."""

    template_name = "portal/ask/page.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The collections to choose from."""
        readable = collections_of(cast(User, self.request.user), Permission.READ)
        return super().get_context_data(
            collections=readable.order_by("name"), max_characters=MAX_CHARACTERS, **kwargs
        )
