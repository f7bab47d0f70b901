"""When a node's indexes are rewritten: small segments merged, what was deleted put out of files.

Both happen in the background and are published when done; several deletions are purged together.
"""

import time
from collections.abc import Sequence

from apps.retrieval.embedding import followed_generations
from apps.retrieval.index_writer import IndexWriter
from apps.retrieval.node_index import note_purged

QUIET_S = 5.0  # after the last publish; a purge begins then
LATEST_S = 60.0  # after something was to be purged, however much is published


class Housekeeping:
    """Made by who holds the write lock, with the writers; `step` is called between publishes."""

    def __init__(self) -> None:
        self._since: dict[int, float] = {}  # embedding generation -> when it had to be purged
        self._told = -1

    def step(self, writers: Sequence[IndexWriter]) -> bool:
        """Publish what is done, begin what is due; True when something was published."""
        published = [writer for writer in writers if writer.take_in(wait=False)]
        for writer in writers:
            if self._is_purge_due(writer):
                if writer.begin_purge():
                    self._since[writer.generation.pk] = time.monotonic()
            else:
                writer.begin_compaction()
        self._tell(writers)
        return bool(published)

    def _tell(self, writers: Sequence[IndexWriter]) -> None:
        """Note how far all indexes of this node are purged, where that is news."""
        reached = min((writer.purged_seq for writer in writers), default=-1)
        if reached in (-1, self._told) or len(writers) < len(followed_generations()):
            return  # some are not open yet
        note_purged(reached, sum(writer.segments_purged for writer in writers))
        self._told = reached

    def _is_purge_due(self, writer: IndexWriter) -> bool:
        key, now = writer.generation.pk, time.monotonic()
        if writer.purged_seq >= writer.change_seq:
            self._since.pop(key, None)
            return False
        since = self._since.setdefault(key, now)
        return now - writer.published_at > QUIET_S or now - since > LATEST_S
