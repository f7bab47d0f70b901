"""The one rewriting that goes on in the background of an index, from its begin to its publish."""

import logging
import time
from collections.abc import Collection, Sequence
from pathlib import Path

from apps.retrieval.index_rewriting import Rewriting, work_folder
from apps.retrieval.index_staging import Part
from apps.retrieval.lexical.purging import WordsPurge

logger = logging.getLogger(__name__)
REST_S = 600.0  # after a rewriting that failed


class Background:
    """At most one rewriting of the index in `folder`; after one that failed, none for REST_S."""

    def __init__(self, folder: Path, dimension: int) -> None:
        self._folder = folder
        self._dimension = dimension
        self._rewriting: Rewriting | None = None
        self._resting_until = 0.0

    @property
    def is_free(self) -> bool:
        """Whether another may begin."""
        return self._rewriting is None and time.monotonic() >= self._resting_until

    @property
    def sources(self) -> frozenset[str]:
        """The parts that are being rewritten, by the paths of their vectors."""
        return self._rewriting.sources if self._rewriting else frozenset[str]()

    def begin(
        self,
        groups: Sequence[Sequence[Part]],
        *,
        purges_to: int | None = None,
        words: Path | None = None,
    ) -> None:
        """Write a new segment of each group, and the words that lie in `words` without the dead."""
        folder = work_folder(self._folder)
        self._rewriting = Rewriting(
            folder,
            groups,
            self._dimension,
            purges_to=purges_to,
            words=WordsPurge(folder / "words", words) if words else None,
        )

    def done(self, *, wait: bool) -> Rewriting | None:
        """What is to be published; None while there is nothing. `wait` until there is.

        One that failed is given up, and logged, unless somebody waits: its result raises.
        """
        rewriting = self._rewriting
        if rewriting is None or not (wait or rewriting.is_done):
            return None
        if not wait and (error := rewriting.failure()):
            logger.error("Segments could not be rewritten; they stay as they are", exc_info=error)
            self.abandon()
            self._resting_until = time.monotonic() + REST_S
            return None
        return rewriting

    def note_deleted(self, version_ids: Collection[int]) -> None:
        """These versions were deleted by a publish while it goes on."""
        if self._rewriting is not None:
            self._rewriting.deleted.update(version_ids)

    def abandon(self) -> None:
        """Stop soon, and remove what was written and not published."""
        if self._rewriting is not None:
            self._rewriting.abandon()
        self._rewriting = None
