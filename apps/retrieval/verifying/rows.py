"""The rows and vectors that an index holds, compared with those that it must hold."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np

from apps.retrieval.index_snapshot import Snapshot
from apps.retrieval.protocols import Vectors
from apps.retrieval.vector.segment import CHUNK, HAS_VECTOR
from apps.retrieval.verifying.findings import Drift, Findings, Place
from apps.retrieval.verifying.suspects import Suspects
from apps.retrieval.verifying.truth import VERSION, Ids, Mask, Truth, digest

_PLACES = slice(1, 4)  # lines of a block: version, document, collection


@dataclass(frozen=True, slots=True, eq=False)
class RowBlock:
    """Rows as an index holds them: `ids` int64, shape (5, n), the lines of a rows file.

    `vectors`: float32, shape (n, dimension), of the same rows.
    """

    ids: Ids
    vectors: Vectors


def rows_in_segments(snapshot: Snapshot, unreadable: list[str]) -> Iterator[RowBlock]:
    """What the segments of a published state hold, some thousand rows at a time.

    Of a segment that cannot be read the rest is left out, and its file added to `unreadable`.
    """
    for entry, live in snapshot.segments.items():
        rows, start = live.live_rows(), 0
        try:
            for vectors in live.segment.blocks(live.alive):
                yield RowBlock(rows[:, start : start + len(vectors)], vectors)
                start += len(vectors)
        except (RuntimeError, ValueError, IndexError):
            unreadable.append(entry.vectors.path)


class RowComparison:
    """Takes blocks of rows in any order; then says which chunks were in none of them."""

    place = Place.SEGMENTS
    holds_vectors_only = False  # what has no vector is not missing there
    compares_vectors = True  # False: only whether there is one

    def __init__(self, truth: Truth, changed: Ids, findings: Findings, suspects: Suspects) -> None:
        """`changed`: versions that changed since; what differs about them is not noted."""
        self._truth = truth
        self._changed = changed
        self._findings = findings
        self._suspects = suspects
        self._seen = np.zeros(truth.rows, np.uint8)
        self._recent = [np.empty(0, np.int64)]
        self.orphans = dict[int, int]()  # chunks that no database has, and their versions
        self.rows = 0  # looked at
        self.vectors = 0

    @property
    def recent(self) -> Ids:
        """Chunks of rows whose version changed since."""
        return np.concatenate(self._recent)

    def take(self, blocks: Iterable[RowBlock]) -> Iterator[int]:
        """Compare; yields after each block how many rows were compared."""
        for block in blocks:
            self._compare(block)
            self.rows += block.ids.shape[1]
            self.vectors += int((block.ids[HAS_VECTOR] == 1).sum())
            yield self.rows

    def finish(self) -> None:
        """Note the chunks that no block held."""
        versions = self._truth.places[VERSION]
        is_lost = (self._seen == 0) & ~np.isin(versions, self._changed)
        if self.holds_vectors_only:
            is_lost &= self._truth.has_vector
        self._note(Drift.MISSING, "chunk {} is not in the index", self._truth.chunk_ids[is_lost])
        self._suspects.publish(np.unique(versions[is_lost]))

    def _compare(self, block: RowBlock) -> None:
        ids, truth = block.ids, self._truth
        at, is_known = truth.find(ids[CHUNK])
        wanted = truth.places[:, at] if truth.rows else ids[_PLACES]
        is_settled = ~np.isin(ids[1], self._changed) & ~np.isin(wanted[VERSION], self._changed)
        self._recent.append(ids[CHUNK, ~is_settled])
        is_twice = is_known & self._already_seen(at, is_known)
        is_misplaced = is_known & (ids[_PLACES] != wanted).any(axis=0)
        self._differ(~is_known & is_settled, Drift.ORPHAN, "chunk {} is no live one", block)
        lost = block.ids[:2, ~is_known & is_settled]
        self.orphans.update(zip(lost[0].tolist(), lost[1].tolist(), strict=True))
        self._differ(is_twice & is_settled, Drift.ORPHAN, "chunk {} is there twice", block)
        self._differ(is_misplaced & is_settled, Drift.MISPLACED, "chunk {} is misplaced", block)
        if truth.rows:
            self._compare_vectors(block, at, is_known & is_settled)

    def _compare_vectors(self, block: RowBlock, at: Ids, is_compared: Mask) -> None:
        has_vector = block.ids[HAS_VECTOR] == 1
        is_wanted = is_compared & self._truth.has_vector[at]
        self._differ(
            is_wanted & ~has_vector, Drift.MISSING, "chunk {} has no vector in the index", block
        )
        if not self.compares_vectors:
            return
        halves = block.vectors.astype(np.float16)
        is_other = digest(halves) != self._truth.digests[at]
        self._differ(
            is_wanted & has_vector & is_other, Drift.DIFFERING, "chunk {} has another vector", block
        )

    def _already_seen(self, at: Ids, is_known: Mask) -> Mask:
        """Of a block's rows, those whose chunk came before, in this block or an earlier one."""
        is_repeated = np.zeros(at.size, np.bool_)
        where = np.flatnonzero(is_known)
        _, first = np.unique(at[where], return_index=True)
        is_repeated[np.setdiff1d(where, where[first])] = True
        is_repeated |= is_known & (self._seen[at] > 0) if self._seen.size else False
        self._seen[at[where]] = 1
        return is_repeated

    def _differ(self, which: Mask, drift: Drift, words: str, block: RowBlock) -> None:
        if not which.any():
            return
        chunk_ids = block.ids[CHUNK, which]
        self._note(drift, words, chunk_ids)
        self._suspects.publish(np.unique(block.ids[1, which]))
        at, is_known = self._truth.find(chunk_ids)
        if self._truth.rows:
            self._suspects.publish(np.unique(self._truth.places[VERSION, at[is_known]]))

    def _note(self, drift: Drift, words: str, chunk_ids: Ids) -> None:
        shown = chunk_ids[: self._findings.examples_wanted].tolist()
        self._findings.add(
            self.place, drift, (words.format(id_) for id_ in shown), count=chunk_ids.size
        )
