"""Vectors are made once per text and model, and two models' vectors never meet."""

import numpy as np
import pytest

from apps.core.errors import Conflict
from apps.retrieval import embedding, vectors
from apps.retrieval.models import EmbeddingGeneration, Vector

pytestmark = pytest.mark.django_db

TEXTS = {"a" * 64: "The office opens at nine.", "b" * 64: "员工每年有十五天年假。"}


def test_the_first_call_makes_the_configured_model_current():
    generation = embedding.current_generation()

    assert generation.state == EmbeddingGeneration.State.CURRENT
    assert generation.model_sha256 == embedding.embedder().identity.model_sha256
    assert embedding.current_generation() == generation


def test_a_retired_generation_of_the_configured_model_becomes_current_again():
    retired = embedding.current_generation()
    EmbeddingGeneration.objects.update(state=EmbeddingGeneration.State.RETIRED)

    assert embedding.current_generation() == retired


def test_another_models_vectors_are_never_mixed_with_the_configured_ones():
    embedding.current_generation()
    EmbeddingGeneration.objects.update(model_sha256="0" * 64)

    with pytest.raises(Conflict, match="clawdbot index switch") as refusal:
        embedding.embed_missing(TEXTS)

    assert refusal.value.code == "model_changed"
    assert not Vector.objects.exists()


def test_a_text_is_embedded_once():
    assert embedding.embed_missing(TEXTS) == 2
    assert embedding.embed_missing(TEXTS | {"c" * 64: "third"}) == 1
    assert embedding.embed_missing({}) == 0


def test_what_is_stored_is_the_embedding_in_half_precision():
    embedding.embed_missing(TEXTS)

    stored = vectors.vectors_of(embedding.current_generation(), TEXTS)

    fresh = embedding.embedder().embed(list(TEXTS.values()))
    assert np.stack([stored[key] for key in TEXTS]) == pytest.approx(fresh, abs=1e-3)


def test_a_question_is_embedded_like_a_text_and_cannot_be_changed_by_its_reader():
    generation = embedding.current_generation()

    vector = embedding.embed_query("When does the office open?", generation)

    assert vector == pytest.approx(embedding.embedder().embed(["When does the office open?"])[0])
    with pytest.raises(ValueError, match="read-only"):
        vector[0] = 0
