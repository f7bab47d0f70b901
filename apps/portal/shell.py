"""What stands around every page of the portal: the side bar and its lists."""

from typing import Any, cast

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.functional import cached_property

from apps.accounts.models import User
from apps.generation.conversations import conversation_list
from apps.generation.models import Conversation
from apps.generation.open_questions import open_count
from apps.knowledge.access import collections_of
from apps.knowledge.models import Collection, Permission

RECENT = 12
THEMES = ("auto", "light", "dark")
THEME_COOKIE = "clawdbot_theme"


class Shell:
    """Read by `portal/base.html`; asks the database only for what the page shows."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request

    @property
    def theme(self) -> str:
        """`auto` follows the browser."""
        chosen = self._request.COOKIES.get(THEME_COOKIE, "")
        return chosen if chosen in THEMES else "auto"

    @property
    def part(self) -> str:
        """The part of the portal that is shown: marks its link in the side bar."""
        match = self._request.resolver_match
        return match.url_name or "" if match else ""

    @cached_property
    def recent(self) -> QuerySet[Conversation]:
        """One's own last conversations."""
        return conversation_list(by=self._user).filter(title__gt="")[:RECENT]

    @cached_property
    def pinned(self) -> QuerySet[Collection]:
        """Collections one keeps at hand, while they may be read."""
        return collections_of(self._user, Permission.READ).filter(pins__user=self._user)

    @cached_property
    def is_curator(self) -> bool:
        """Whether there is a desk to open: somebody who manages a collection."""
        return collections_of(self._user, Permission.MANAGE).exists()

    @cached_property
    def open_questions(self) -> int:
        """How many questions wait on one's desk; one query, asked only when there is a desk."""
        return open_count(self._user)

    @property
    def _user(self) -> User:
        return cast(User, self._request.user)


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context processor."""
    return {"shell": Shell(request)}
