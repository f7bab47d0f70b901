"""Until the product has these two (apps.generation.calibration)."""

import math
from collections.abc import Sequence

from apps.retrieval.protocols import Calibration, Hit


def features_of(hits: Sequence[Hit]) -> dict[str, float]:
    best = hits[0]
    reading = best.reading
    return {
        "relevance": reading.relevance if reading else 0.0,
        "margin": reading.spans[0].score if reading and reading.spans else 0.0,
        "lead": min(8.0, best.score - hits[1].score) if len(hits) > 1 else 8.0,
    }


def confidence_of(hits: Sequence[Hit], calibration: Calibration) -> float:
    total = calibration.intercept + sum(
        calibration.factors.get(name, 0.0) * value for name, value in features_of(hits).items()
    )
    return 1 / (1 + math.exp(-max(-30.0, min(30.0, total))))
