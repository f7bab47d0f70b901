"""How sure reading makes, worked out by hand."""

import math
from uuid import UUID

import pytest

from apps.retrieval.protocols import Calibration, Hit, Read, Span
from apps.retrieval.reader import confidence


def hit(score, relevance=0.0, margin=None):
    spans = () if margin is None else (Span(0, 1, margin),)
    return Hit(
        chunk_id=0, chunk=UUID(int=0), document=UUID(int=0), version=UUID(int=0), version_number=1,
        collection=UUID(int=0), title="", path="", page=1, heading="", context="", text="x",
        start=0, end=1, score=score, legs={}, reading=Read(relevance, spans),
    )  # fmt: skip


def test_only_what_is_said_of_the_best_hit_counts():
    found = confidence.features_of([hit(3.0, relevance=2.0, margin=1.5), hit(0.5)])

    assert found == {"relevance": 2.0, "margin": 1.5}
    assert tuple(found) == confidence.FEATURES
    assert found == confidence.features_of([hit(3.0, relevance=2.0, margin=1.5)])


def test_confidence_is_the_logistic_of_the_weighted_features():
    calibration = Calibration(intercept=-1.0, factors={"relevance": 0.5, "margin": 0.25})

    given = confidence.confidence_of([hit(1.0, relevance=2.0, margin=2.0), hit(0.5)], calibration)

    assert given == pytest.approx(1 / (1 + math.exp(-(-1.0 + 1.0 + 0.5))))


def test_extreme_figures_give_certainty_and_no_overflow():
    calibration = Calibration(factors={"relevance": 1e6})

    assert confidence.confidence_of([hit(0.0, relevance=1e3)], calibration) == pytest.approx(1.0)
    assert confidence.confidence_of([hit(0.0, relevance=-1e3)], calibration) == pytest.approx(0.0)
