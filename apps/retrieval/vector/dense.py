"""The dense leg: exact nearest neighbours over all segments, filtered before the top-k."""

from collections.abc import Sequence
from functools import lru_cache

from apps.retrieval.protocols import Candidate, RowFilter, Vectors
from apps.retrieval.vector.live import LiveSegment
from apps.retrieval.vector.segment import CHUNK, Bitmap

_CACHED_FILTERS = 64


class SegmentsDense:
    """DenseLeg over one published set of segments. Safe for many threads."""

    def __init__(self, segments: Sequence[LiveSegment]) -> None:
        self._segments = tuple(segments)
        self._selections = lru_cache(_CACHED_FILTERS)(self._select)

    def search(self, vector: Vectors, *, rows: RowFilter, limit: int) -> list[Candidate]:
        """See DenseLeg."""
        found: list[Candidate] = []
        for live, allowed in zip(self._segments, self._selections(rows), strict=True):
            if allowed is not None and not allowed.size:
                continue
            scores, numbers = live.segment.nearest(vector, allowed, limit)
            chunk_ids = live.segment.rows[CHUNK, numbers]
            found += map(Candidate, chunk_ids.tolist(), scores.tolist())
        found.sort(key=lambda candidate: -candidate.score)
        return found[:limit]

    def _select(self, rows: RowFilter) -> tuple[Bitmap | None, ...]:
        return tuple(live.selection(rows) for live in self._segments)
