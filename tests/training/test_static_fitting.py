"""A table of token vectors is fitted to what a network says of texts."""

import numpy as np
import pytest

from tests.training.pytorch import with_torch
from training.bilingual.static_texts import Asked

WORDS, DIMENSION = 50, 8


@pytest.fixture
def torch():
    return with_torch("torch")


@pytest.fixture
def fitting(torch):
    return with_torch("training.bilingual.static_fitting")


@pytest.fixture
def texts():
    chance = np.random.default_rng(0)
    return [chance.integers(0, WORDS, 6).tolist() for _ in range(400)]


def test_sums_come_nearer_to_what_is_taught(torch, fitting, texts):
    torch.manual_seed(0)
    truth, start = torch.randn(2, WORDS, DIMENSION)
    taught = fitting.summed(truth, texts)

    found = fitting.fit(start, texts, taught, Asked(texts[:50], texts[:50]), rounds=150)

    before = (fitting.summed(start, texts) * taught).sum(-1).mean()
    after = (fitting.summed(found, texts) * taught).sum(-1).mean()
    assert before < 0.5
    assert after > 0.9


def test_the_axes_keep_the_angles_of_what_lies_on_few(torch, fitting):
    torch.manual_seed(0)
    vectors = torch.randn(300, 4) @ torch.randn(4, 32)

    turned = vectors @ fitting.axes(vectors, 4)

    assert turned @ turned.T == pytest.approx(vectors @ vectors.T, abs=1e-3)


def test_recall_counts_the_own_passage_among_the_nearest(torch, fitting):
    questions = torch.eye(4)
    passages = torch.eye(4)[[1, 0, 2, 3]]

    assert fitting.recall(questions, passages, 1) == 0.5
    assert fitting.recall(questions, passages, 4) == 1.0
