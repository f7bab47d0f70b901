"""The dense leg: nearest neighbours over all segments, filtered before the top-k.

Exact where few rows are allowed. Where many are, the codes of big segments name candidates, which
are then compared by their vectors.
"""

from collections.abc import Sequence

import numpy as np

from apps.retrieval.protocols import Candidate, RowFilter, Vectors
from apps.retrieval.vector.live import LiveSegment, Selection
from apps.retrieval.vector.segment import CHUNK, Ids
from apps.retrieval.vector.selections import Selections

EXACT_ROWS = 50_000  # scanned in ~4 ms
_ESTIMATED = 400  # allowed candidates of a segment, when `limit` is not more
_MOST_ESTIMATED = 8_000  # allowed or not
_COMPARED = 600  # candidates of all segments

_Estimate = tuple[LiveSegment, Vectors, Ids]  # a segment, estimated scores, row numbers


class SegmentsDense:
    """DenseLeg over one published set of segments. Safe for many threads."""

    def __init__(self, segments: Sequence[LiveSegment]) -> None:
        self._segments = tuple(segments)
        self._selections = Selections(self._segments)

    def search(self, vector: Vectors, *, rows: RowFilter, limit: int) -> list[Candidate]:
        """See DenseLeg. Exact up to EXACT_ROWS allowed rows, and in segments without codes."""
        selections = self._selections.of(rows)
        is_exact = sum(selection.count for selection in selections) <= EXACT_ROWS
        found: list[Candidate] = []
        estimates: list[_Estimate] = []
        for live, selection in zip(self._segments, selections, strict=True):
            if not selection.count:
                continue
            estimate = None if is_exact else _estimate(live, selection, vector, limit)
            if estimate is not None:
                estimates.append(estimate)
                continue
            scores, numbers = live.segment.nearest(vector, selection.bitmap, limit)
            found += _candidates(live, scores, numbers, limit)
        found += _compared(estimates, vector, limit)
        found.sort(key=lambda candidate: -candidate.score)
        return found[:limit]


def _estimate(
    live: LiveSegment, selection: Selection, vector: Vectors, limit: int
) -> _Estimate | None:
    """Allowed candidates of a segment; None where its codes do not name enough of them."""
    segment = live.segment
    if segment.codes is None:
        return None
    wanted = max(_ESTIMATED, 4 * limit)
    share = selection.count / segment.rows.shape[1]
    if wanted > share * _MOST_ESTIMATED:
        return None
    scores, numbers = segment.estimated(vector, selection.bitmap, int(wanted / share))
    if len(numbers) < min(wanted // 2, selection.count):  # the best of others are in the way
        return None
    return live, scores, numbers


def _compared(estimates: Sequence[_Estimate], vector: Vectors, limit: int) -> list[Candidate]:
    """The best estimated rows of all these segments, with their true scores, in no order."""
    if not estimates:
        return []
    every = np.sort(np.concatenate([scores for _, scores, _ in estimates]))
    least = every[-min(len(every), max(_COMPARED, 4 * limit))]
    found: list[Candidate] = []
    for live, scores, numbers in estimates:
        chosen = numbers[scores >= least]
        found += _candidates(live, live.segment.scores(vector, chosen), chosen, limit)
    return found


def _candidates(live: LiveSegment, scores: Vectors, numbers: Ids, limit: int) -> list[Candidate]:
    best = np.argsort(-scores, kind="stable")[:limit]
    chunk_ids = live.segment.rows[CHUNK, numbers[best]]
    return list(map(Candidate, chunk_ids.tolist(), scores[best].tolist()))
