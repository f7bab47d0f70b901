"""The ONNX embedder beyond the contract: it computes every text by itself."""

import numpy as np
import pytest

from apps.core import config
from apps.retrieval.embedders.onnx import OnnxEmbedder

# First numbers of the sentences below in the float32 model, before it was made INT8.
KNOWN = {
    "The quick brown fox jumps over the lazy dog.": [0.0564, 0.0233, 0.0544, 0.0732],
    "员工每年有十五天年假。": [0.0040, 0.0178, 0.0951, 0.0317],
}


@pytest.fixture(scope="module")
def embedder():
    return OnnxEmbedder(config.load().embedder_dir, threads=2)


def test_a_vector_is_the_same_bit_for_bit_in_any_company(embedder):
    alone = embedder.embed(["The notice period is three months."])[0]

    together = embedder.embed(["revenue " * 300, "The notice period is three months.", "x"])[1]

    assert np.array_equal(alone, together)


def test_the_bundled_model_knows_english_and_chinese(embedder):
    identity = embedder.identity

    assert (identity.dimension, identity.pooling, identity.prefix) == (384, "mean", "")
    assert embedder.languages == {"en", "zh"}


@pytest.mark.parametrize("sentence", KNOWN)
def test_a_known_sentence_keeps_its_vector(embedder, sentence):
    vector = embedder.embed([sentence])[0]

    assert vector[:4] == pytest.approx(KNOWN[sentence], abs=0.01)


def test_a_question_in_chinese_is_nearer_to_its_answer_than_to_another_text(embedder):
    question, answer, other = embedder.embed(
        ["辞职要提前多久通知？", "员工离职须提前三个月告知公司。", "二楼的打印机使用A3纸。"]
    )

    assert question @ answer > question @ other + 0.1
