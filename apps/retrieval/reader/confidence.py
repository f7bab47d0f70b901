"""How sure one may be that the passages answer, given what the reader says of them."""

import math
from collections.abc import Sequence

from apps.retrieval.protocols import Calibration, Hit

FEATURES = ("relevance", "margin", "lead")
MOST_LEAD = 8.0  # further ahead means no more; also where there is no other passage
_NO_MARGIN = -10.0  # where no span can be an answer
_LARGEST = 30.0  # exp stays finite


def features_of(hits: Sequence[Hit]) -> dict[str, float]:
    """What is known of the best of `hits` (in the order after reading, the first one read).

    `relevance` and `margin` (of its best span) as the reader says; `lead`: how far its score stands
    before the next one's, 0..MOST_LEAD.
    """
    best = hits[0]
    if best.reading is None:
        raise ValueError("The best hit was not read: nothing is known of it.")
    spans = best.reading.spans
    lead = best.score - hits[1].score if len(hits) > 1 else MOST_LEAD
    return {
        "relevance": best.reading.relevance,
        "margin": spans[0].score if spans else _NO_MARGIN,
        "lead": max(0.0, min(MOST_LEAD, lead)),
    }


def confidence_of(hits: Sequence[Hit], calibration: Calibration) -> float:
    """How likely the passages answer the question, 0..1: the logistic of the weighted features.

    Fitted by training/bilingual/calibrating.py on questions asked with and without their passage.
    `hits` as in `features_of`.
    """
    found = features_of(hits)
    total = calibration.intercept + sum(
        calibration.factors.get(name, 0.0) * value for name, value in found.items()
    )
    return 1.0 / (1.0 + math.exp(-max(-_LARGEST, min(_LARGEST, total))))
