"""Ending an answer that is being written when what it is drawn from is deleted."""

from collections.abc import Generator
from typing import TypeVar

from django.utils.translation import gettext

from apps.core.errors import Conflict
from apps.knowledge.access import versions_kept
from apps.knowledge.models import Erasure
from apps.retrieval.protocols import SearchResult

Item = TypeVar("Item")
Result = TypeVar("Result")


class Watch:
    """Sees to it that an answer being written tells nothing more of what is deleted meanwhile."""

    def __init__(self) -> None:
        self._seen = -1

    def check(self, found: SearchResult) -> None:
        """Pass, or raise Conflict (`source_deleted`) when a passage of `found` was deleted.

        One query while nothing is deleted.
        """
        # Not the change sequence: what was replaced first leaves no index when it is deleted.
        deletions = Erasure.objects.count()
        if deletions == self._seen:
            return
        wanted = {hit.version for hit in found.hits}
        if versions_kept().filter(uuid__in=wanted).count() < len(wanted):
            raise Conflict(
                gettext("A document that this answer was drawn from was just deleted. Ask again."),
                code="source_deleted",
            )
        self._seen = deletions

    def guarding(
        self, writing: Generator[Item, None, Result], found: SearchResult
    ) -> Generator[Item, None, Result]:
        """What `writing` yields, each checked before it goes out; its result."""
        while True:
            try:
                item = next(writing)
            except StopIteration as done:
                result: Result = done.value
                return result
            self.check(found)
            yield item
