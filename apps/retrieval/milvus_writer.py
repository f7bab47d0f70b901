"""The one writer of a generation's vectors in Milvus: brings changed versions there."""

import logging
import time
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from itertools import islice

import numpy as np

from apps.knowledge import changes
from apps.knowledge.models import Change
from apps.retrieval.index_rows import IndexRow, live_chunks, rows_of
from apps.retrieval.models import EmbeddingGeneration
from apps.retrieval.protocols import Vectors
from apps.retrieval.vector.milvus_collection import MilvusCollection, Progress
from apps.retrieval.vector.segment import CHUNK, VERSION, Ids
from apps.retrieval.vectors import vectors_of

logger = logging.getLogger(__name__)

CHANGES_AT_ONCE = 1_000
VERSIONS_AT_ONCE = 200
ROWS_AT_ONCE = 5_000  # held in memory with their texts
PURGE_EVERY_S = 60.0  # Milvus is asked no more often to write files anew


class MilvusWriter:
    """Made under the lease, by one node at a time; `keep` renews it, or raises Retryable.

    Every step may be repeated and may be cut short: the rows come first, then the note how far
    they are. After an exception the writer is spent: make another one.
    """

    def __init__(
        self,
        generation: EmbeddingGeneration,
        collection: MilvusCollection,
        keep: Callable[[], None],
    ) -> None:
        self.generation = generation
        self._collection = collection
        self.keep = keep
        self._purged_at = float("-inf")
        collection.prepare()
        self.progress = collection.progress() or Progress(0, 0)
        if self.progress.change_seq > changes.latest():  # of another database, one restored perhaps
            collection.drop()
            collection.prepare()
            self.progress = Progress(0, 0)

    def reconcile(self) -> int:
        """Bring every version that differs from the database into line; returns how many.

        This is also how an empty collection is filled: what an earlier try brought stays.
        """
        target = changes.latest()  # before reading the rows: what changes meanwhile comes again
        live, held = _live_rows(), self._collection.ids()
        missing, orphaned = live[VERSION, ~_are_in(live, held)], held[VERSION, ~_are_in(held, live)]
        differing = np.union1d(missing, orphaned).tolist()
        removed = Counter[int]()
        for start in range(0, len(differing), VERSIONS_AT_ONCE):
            removed += self.bring(differing[start : start + VERSIONS_AT_ONCE])
        was_purged = self._is_purged if self.progress.change_seq else not held.size
        change_seq = max(target, self.progress.change_seq)
        self._reached(change_seq, is_purged=was_purged and not removed)
        return len(differing)

    def follow(self) -> Counter[int] | None:
        """Bring the versions of the next changes; None when nothing waits.

        Returns version -> how many of its rows were taken away.
        """
        waiting = Change.objects.filter(seq__gt=self.progress.change_seq).order_by("seq")
        found = list(waiting.values_list("seq", "version_id")[:CHANGES_AT_ONCE])
        if not found:
            return None
        removed = self.bring({version_id for _, version_id in found})
        self._reached(found[-1][0], is_purged=self._is_purged and not removed)
        return removed

    def bring(self, version_ids: Collection[int]) -> Counter[int]:
        """Make the rows of these versions what the database says; version -> rows taken away."""
        held = self._collection.ids(sorted(version_ids))
        wanted = [np.empty(0, np.int64)]
        rows = rows_of(version_ids)
        while some := list(islice(rows, ROWS_AT_ONCE)):
            ids, vectors = _columns(self.generation, some)
            wanted.append(ids[CHUNK])
            changed = ~_are_in(ids, held)
            self._collection.upsert(ids[:, changed], vectors[changed])
            self.keep()
        gone = held[:, ~np.isin(held[CHUNK], np.concatenate(wanted))]
        self._collection.delete(gone[CHUNK].tolist())
        self.keep()
        return Counter(gone[VERSION].tolist())

    def purge(self) -> bool:
        """Have Milvus write anew what holds deleted rows, at most every PURGE_EVERY_S.

        True when `progress` says more than before.
        """
        reached = self.progress.change_seq
        if self._is_purged or time.monotonic() - self._purged_at < PURGE_EVERY_S:
            return False
        self._purged_at = time.monotonic()
        self._collection.purge(self.keep)
        self._reached(reached, is_purged=True)
        return True

    @property
    def rows(self) -> int:
        """How many chunks Milvus holds."""
        return self._collection.count()

    @property
    def _is_purged(self) -> bool:
        return self.progress.purged_seq == self.progress.change_seq

    def _reached(self, change_seq: int, *, is_purged: bool) -> None:
        purged_seq = change_seq if is_purged else min(self.progress.purged_seq, change_seq - 1)
        progress = Progress(change_seq, max(purged_seq, 0))
        if progress != self.progress:
            self._collection.mark(progress)
            self.progress = progress


def _live_rows() -> Ids:
    """Chunk, version, document and collection of every live chunk, int64, (4, n), by chunk."""
    found = live_chunks().order_by("pk").values_list(
        "pk", "version_id", "version__document_id", "version__document__collection_id"
    )  # fmt: skip
    rows = found.iterator(chunk_size=10_000)
    return np.fromiter((number for row in rows for number in row), np.int64).reshape(-1, 4).T


def _columns(generation: EmbeddingGeneration, rows: Sequence[IndexRow]) -> tuple[Ids, Vectors]:
    """Of the rows that have a vector: ids (4, n), vectors (n, dimension)."""
    stored = vectors_of(generation, {row.text_sha256 for row in rows})
    held = [row for row in rows if row.text_sha256 in stored]
    if len(held) < len(rows):
        logger.warning("%s chunks have no vector of %s", len(rows) - len(held), generation)
    ids = [(row.chunk_id, row.version_id, row.document_id, row.collection_id) for row in held]
    matrix = np.zeros((len(held), generation.dimension), np.float32)
    for at, row in enumerate(held):
        matrix[at] = stored[row.text_sha256]
    return np.array(ids, np.int64).reshape(-1, 4).T, matrix


def _are_in(ids: Ids, held: Ids) -> "np.ndarray[tuple[int], np.dtype[np.bool_]]":
    """Which columns are in `held`, whose columns are in the order of their chunks."""
    if not held.shape[1]:
        return np.zeros(ids.shape[1], np.bool_)
    places = np.searchsorted(held[CHUNK], ids[CHUNK]).clip(max=held.shape[1] - 1)
    same: np.ndarray[tuple[int], np.dtype[np.bool_]] = (held[:, places] == ids).all(axis=0)
    return same
