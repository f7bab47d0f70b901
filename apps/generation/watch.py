"""Ending an answer that is being written when its sources are deleted or closed to the asker."""

import time
from collections.abc import Generator
from contextlib import closing
from typing import TypeVar

from django.utils.translation import gettext

from apps.core.errors import Conflict, Forbidden
from apps.knowledge.access import Scope, quotable_versions, versions_kept
from apps.knowledge.models import Erasure
from apps.retrieval.protocols import SearchResult

Item = TypeVar("Item")
Result = TypeVar("Result")


RIGHTS_EVERY_S = 1.0


class Watch:
    """Sees to it that an answer being written tells nothing more of what is deleted meanwhile, or,
    at most a second later, of what the asker may not read any more."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope
        self._seen = -1
        self._looked_at = time.monotonic()  # the search has just asked for the rights

    def check(self, found: SearchResult) -> None:
        """Pass, or raise Conflict (`source_deleted`) when a passage of `found` was deleted, or
        Forbidden (`access_withdrawn`) when one may not be read any more.

        One query while nothing is deleted, and another one each second.
        """
        self._check_deletions(found)
        now = time.monotonic()
        if now - self._looked_at >= RIGHTS_EVERY_S:
            self._looked_at = now
            self._check_rights(found)

    def _check_deletions(self, found: SearchResult) -> None:
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

    def _check_rights(self, found: SearchResult) -> None:
        wanted = {hit.version for hit in found.hits}
        if quotable_versions(self._scope).filter(uuid__in=wanted).count() < len(wanted):
            raise Forbidden(
                gettext("You may no longer read a document that this answer was drawn from."),
                code="access_withdrawn",
            )

    def guarding(
        self, writing: Generator[Item, None, Result], found: SearchResult
    ) -> Generator[Item, None, Result]:
        """What `writing` yields, each checked before it goes out; its result. Closes it."""
        with closing(writing):
            while True:
                try:
                    item = next(writing)
                except StopIteration as done:
                    result: Result = done.value
                    return result
                self.check(found)
                yield item
