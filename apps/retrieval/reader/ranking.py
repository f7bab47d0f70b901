"""The order of passages once they were read."""

from collections.abc import Sequence
from dataclasses import replace

from apps.retrieval.protocols import Calibration, Hit, Read


def score(read: Read, *, rank: int, calibration: Calibration) -> float:
    """Relevance, and what is left of the first stage's opinion. `rank` from 0, before reading."""
    return read.relevance + calibration.rank_weight / (1 + rank)


def is_certain(reads: Sequence[Read | None], calibration: Calibration) -> bool:
    """Whether reading further may be left, given the first `reads` in rank order.

    So it is when the best score so far belongs to a passage whose relevance is at least `certain`.
    An unread passage stands behind all of these, its share for rank is smaller: only with a higher
    relevance than that could it still come first. How rarely that happens is what `certain` was
    measured for; without one everything is read.
    """
    found = [
        (score(read, rank=rank, calibration=calibration), read.relevance)
        for rank, read in enumerate(reads)
        if read is not None
    ]
    return bool(found) and calibration.certain is not None and max(found)[1] >= calibration.certain


def reordered(
    hits: Sequence[Hit], reads: Sequence[Read | None], calibration: Calibration
) -> list[Hit]:
    """The hits by score, each with its reading; those that were not read behind, as they came.

    `hits` in rank order, `reads` of the first of them. A hit that was not read gets its own score
    less 1, below the lowest of those that were: scores fall from hit to hit.
    """
    padded = [*reads, *[None] * (len(hits) - len(reads))]
    read = [
        replace(hit, score=score(one, rank=rank, calibration=calibration), reading=one)
        for rank, (hit, one) in enumerate(zip(hits, padded, strict=True))
        if one is not None
    ]
    if not read:
        return list(hits)
    lowest = min(hit.score for hit in read)
    unread = [
        replace(hit, score=lowest - 1.0 + min(hit.score, 1.0))
        for hit, one in zip(hits, padded, strict=True)
        if one is None
    ]
    return [*sorted(read, key=lambda hit: -hit.score), *unread]
