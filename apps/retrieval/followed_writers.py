"""The index writers of a node: one for each generation that is followed, as these come and go."""

import logging
import threading
import time
from collections.abc import Iterator

from django.db import Error as DatabaseError
from django.db import connection

from apps.core.errors import ClawdbotError
from apps.retrieval import generation_indexes
from apps.retrieval.embedding import followed_generations
from apps.retrieval.index_files import Damaged
from apps.retrieval.index_writer import IndexWriter
from apps.retrieval.models import EmbeddingGeneration

logger = logging.getLogger(__name__)

LOOK_S = 1.0  # between two looks at which generations are followed
AGAIN_S = 30.0  # after one could not be opened


class FollowedWriters:
    """Made and used under the write lock, by one thread.

    The searched generation's writer is opened at once. Others, which may have their whole index to
    make, are opened beside it in threads: what is searched stays up to date meanwhile.
    """

    def __init__(self) -> None:
        first, *_others = followed_generations()
        self._writers = {first.pk: _opened(first)}
        self._opening: dict[int, _Opening] = {}
        self._looked = 0.0

    def __iter__(self) -> Iterator[IndexWriter]:
        """Those that are open, the searched generation's first."""
        if time.monotonic() - self._looked > LOOK_S:
            self._look()
            self._looked = time.monotonic()
        return iter(list(self._writers.values()))

    def close(self) -> None:
        """Stop all of them; what is being opened is waited for."""
        for opening in self._opening.values():
            opening.thread.join()
            if opening.writer:
                opening.writer.close()
        for writer in self._writers.values():
            writer.close()

    def _look(self) -> None:
        wanted = {generation.pk: generation for generation in followed_generations()}
        for pk in [pk for pk in self._writers if pk not in wanted]:
            self._writers.pop(pk).close()
        for pk, generation in wanted.items():
            if pk not in self._writers and self._is_due(pk):
                self._opening[pk] = _Opening(generation)
        for pk in [pk for pk, opening in self._opening.items() if opening.writer]:
            writer = self._opening.pop(pk).writer
            if pk in wanted and writer:
                self._writers[pk] = writer
            elif writer:
                writer.close()
        self._writers = {pk: self._writers[pk] for pk in wanted if pk in self._writers}
        if not self._opening:
            generation_indexes.remove_unfollowed()

    def _is_due(self, pk: int) -> bool:
        known = self._opening.get(pk)
        if known is None:
            return True
        return not known.thread.is_alive() and not known.writer and known.is_old()


class _Opening:
    """A writer that is being opened in a thread of its own."""

    def __init__(self, generation: EmbeddingGeneration) -> None:
        self.writer: IndexWriter | None = None
        self._began = time.monotonic()
        self._generation = generation
        self.thread = threading.Thread(target=self._open, name=f"index-{generation.pk}")
        self.thread.start()

    def is_old(self) -> bool:
        """Whether it is time to try again."""
        return time.monotonic() - self._began > AGAIN_S

    def _open(self) -> None:
        try:
            self.writer = _opened(self._generation)
        except (ClawdbotError, DatabaseError, Damaged, OSError, ValueError, RuntimeError):
            logger.exception("The index of %s cannot be made; it is tried again", self._generation)
        finally:
            connection.close()


def _opened(generation: EmbeddingGeneration) -> IndexWriter:
    writer = IndexWriter(generation, check_content=True)
    differing = writer.reconcile()
    logger.info(
        "Index of %s at change %s, %s versions put right", generation, writer.change_seq, differing
    )
    return writer
