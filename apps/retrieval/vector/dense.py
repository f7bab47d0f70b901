"""The dense leg: nearest neighbours over all segments, filtered before the top-k.

Exact where few rows are allowed. Where many are, the codes of big segments name candidates, which
are then compared by their vectors.
"""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from apps.retrieval.protocols import Candidate, RowFilter, Vectors
from apps.retrieval.vector.live import LiveSegment, Selection
from apps.retrieval.vector.segment import CHUNK, Ids

EXACT_ROWS = 20_000  # scanned in ~2 ms
_ESTIMATED = 400  # candidates of a segment, when `limit` is not more
_COMPARED = 1_000  # of them all
_CACHED_FILTERS = 64  # a bit a row each: 8 MB at a million rows


class SegmentsDense:
    """DenseLeg over one published set of segments. Safe for many threads."""

    def __init__(self, segments: Sequence[LiveSegment]) -> None:
        self._segments = tuple(segments)
        self._selections = lru_cache(_CACHED_FILTERS)(self._select)

    def search(self, vector: Vectors, *, rows: RowFilter, limit: int) -> list[Candidate]:
        """See DenseLeg. Exact up to EXACT_ROWS allowed rows, and in segments without codes."""
        selections = self._selections(rows)
        is_exact = sum(selection.count for selection in selections) <= EXACT_ROWS
        found: list[Candidate] = []
        coded: list[tuple[LiveSegment, Selection]] = []
        for live, selection in zip(self._segments, selections, strict=True):
            if not selection.count:
                continue
            if live.segment.codes is not None and not is_exact:
                coded.append((live, selection))
                continue
            scores, numbers = live.segment.nearest(vector, selection.bitmap, limit)
            found += _candidates(live, scores, numbers)
        found += _by_codes(coded, vector, limit)
        found.sort(key=lambda candidate: -candidate.score)
        return found[:limit]

    def _select(self, rows: RowFilter) -> tuple[Selection, ...]:
        return tuple(live.selection(rows) for live in self._segments)


def _by_codes(
    coded: Sequence[tuple[LiveSegment, Selection]], vector: Vectors, limit: int
) -> list[Candidate]:
    """The best estimates of all these segments, with their true scores, in no order."""
    if not coded:
        return []
    wanted = max(_ESTIMATED, 4 * limit)
    estimates = [
        live.segment.estimated(vector, selection.bitmap, wanted) for live, selection in coded
    ]
    every = np.sort(np.concatenate([scores for scores, _ in estimates]))
    least = every[-min(len(every), max(_COMPARED, 4 * limit))]
    found: list[Candidate] = []
    for (live, _), (scores, numbers) in zip(coded, estimates, strict=True):
        chosen = numbers[scores >= least]
        found += _candidates(live, live.segment.scores(vector, chosen), chosen)
    return found


def _candidates(live: LiveSegment, scores: Vectors, numbers: Ids) -> list[Candidate]:
    return list(map(Candidate, live.segment.rows[CHUNK, numbers].tolist(), scores.tolist()))
