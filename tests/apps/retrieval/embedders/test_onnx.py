"""The ONNX embedder beyond the contract: it computes every text by itself."""

import numpy as np
import pytest

from apps.core import config
from apps.retrieval.embedders.onnx import OnnxEmbedder

# First numbers of the sentence below in the published float32 model.
KNOWN = [0.0439, 0.0589, 0.0482, 0.0775]


@pytest.fixture(scope="module")
def embedder():
    return OnnxEmbedder(config.load().embedder_dir, threads=2)


def test_a_vector_is_the_same_bit_for_bit_in_any_company(embedder):
    alone = embedder.embed(["The notice period is three months."])[0]

    together = embedder.embed(["revenue " * 300, "The notice period is three months.", "x"])[1]

    assert np.array_equal(alone, together)


def test_the_bundled_model_is_the_published_one_for_english(embedder):
    identity = embedder.identity

    assert (identity.dimension, identity.pooling, identity.prefix) == (384, "mean", "")
    assert embedder.languages == {"en"}


def test_a_known_sentence_keeps_its_vector(embedder):
    vector = embedder.embed(["The quick brown fox jumps over the lazy dog."])[0]

    assert vector[:4] == pytest.approx(KNOWN, abs=0.01)
