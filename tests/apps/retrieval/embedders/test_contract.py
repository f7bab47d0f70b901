"""What every Embedder promises. A new adapter adds a line to EMBEDDERS."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from apps.core import config
from apps.core.config import REPOSITORY
from apps.retrieval.embedders.onnx import OnnxEmbedder
from apps.retrieval.embedders.static import StaticEmbedder
from apps.retrieval.protocols import Embedder
from tests.apps.retrieval.embedders.transformer_models import real_model


def _sentence_transformers() -> Embedder:
    from apps.retrieval.embedders.sentence_transformers import SentenceTransformersEmbedder

    return SentenceTransformersEmbedder(real_model(), threads=2)


EMBEDDERS: dict[str, Callable[[], Embedder]] = {
    "onnx, one thread": lambda: OnnxEmbedder(config.load().embedder_dir, threads=1),
    "onnx, two threads": lambda: OnnxEmbedder(config.load().embedder_dir, threads=2),
    "static": lambda: StaticEmbedder(REPOSITORY / "models" / "clawdbot-static"),
    "sentence-transformers": _sentence_transformers,
}
# Numbers of one text may differ by this much between calls: an adapter may compute in batches.
TOLERANCE = 2e-3

TEXTS = [
    "The notice period is three months.",
    "员工每年有十五天年假。",
    "🙂🚀",
    "",
    " \n\t ",
    "revenue " * 3000,
    "nul \x00, bidi \u202e, alone \ufffd, joined e\u0301",
    "x" * 50_000,
]


@pytest.fixture(scope="module", params=EMBEDDERS.values(), ids=EMBEDDERS)
def load(request):
    return request.param


@pytest.fixture(scope="module")
def embedder(load):
    return load()


def test_each_text_becomes_one_row_of_length_one(embedder):
    vectors = embedder.embed(TEXTS)

    assert vectors.dtype == np.float32
    assert vectors.shape == (len(TEXTS), embedder.identity.dimension)
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-5)


def test_no_texts_become_no_rows(embedder):
    assert embedder.embed([]).shape == (0, embedder.identity.dimension)


def test_rows_come_in_the_order_of_the_texts(embedder):
    forward, backward = embedder.embed(TEXTS), embedder.embed(TEXTS[::-1])

    assert backward[::-1] == pytest.approx(forward, abs=TOLERANCE)


def test_a_vector_does_not_depend_on_its_neighbours(embedder):
    alone = np.concatenate([embedder.embed([text]) for text in TEXTS])

    assert embedder.embed(TEXTS * 3) == pytest.approx(np.tile(alone, (3, 1)), abs=TOLERANCE)


def test_a_text_beyond_the_window_is_embedded_by_its_beginning(embedder):
    beginning = "The office opens at nine. " * 200

    longer, shorter = embedder.embed([beginning + "It closes at noon.", beginning])

    assert longer == pytest.approx(shorter, abs=TOLERANCE)


def test_a_question_is_nearer_to_its_answer_than_to_another_text(embedder):
    question, answer, other = embedder.embed(
        [
            "How long is the notice period?",
            "Employees may resign with three months' notice.",
            "The printer on the second floor uses A3 paper.",
        ]
    )

    assert question @ answer > question @ other + 0.1


def test_tokens_are_counted_beyond_the_window_and_without_special_ones(embedder):
    assert embedder.count_tokens("") == 0
    assert embedder.count_tokens("revenue " * 3000) == 3000
    assert embedder.count_tokens("年假") == 2


def test_many_threads_may_embed_at_once(embedder):
    expected = embedder.embed(TEXTS)

    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(embedder.embed, [TEXTS] * 8))

    assert all(result == pytest.approx(expected, abs=TOLERANCE) for result in results)


def test_two_loads_of_a_model_have_one_identity(embedder, load):
    again = load()

    assert again.identity == embedder.identity
    assert again.languages <= {"en", "zh"}


def test_the_vector_of_a_question_is_one_row_of_length_one(embedder):
    vector = embedder.embed_question("How long is the notice period?")

    assert vector.dtype == np.float32
    assert vector.shape == (embedder.identity.dimension,)
    assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-5)
