"""Embeddings and reranking through the vendors' own clients."""

import httpx
import numpy as np
import ollama
import openai
import pytest

from apps.core import config
from apps.retrieval.embedders.onnx import OnnxEmbedder

TEXTS = ["Hotels in Paris", "差旅制度"]
MODEL = "clawdbot-embedder"


@pytest.fixture(scope="module")
def expected():
    return OnnxEmbedder(config.load().embedder_dir, threads=1).embed(TEXTS)


def vectors_of(reply):
    return np.array([row.embedding for row in reply.data], dtype=np.float32)


@pytest.mark.parametrize("form", [{}, {"encoding_format": "float"}])
def test_vectors_are_those_that_documents_are_searched_by(openai_client, expected, form):
    reply = openai_client().embeddings.create(model=MODEL, input=TEXTS, **form)

    assert np.array_equal(vectors_of(reply), expected)
    assert [row.index for row in reply.data] == [0, 1]
    assert reply.usage.prompt_tokens == reply.usage.total_tokens > 5


def test_ollamas_client_gets_the_same_vectors(ollama_client, expected):
    new = ollama_client().embed(MODEL, TEXTS)
    old = ollama_client().embeddings(MODEL, TEXTS[0])

    assert np.array_equal(np.array(new.embeddings, dtype=np.float32), expected)
    assert np.array_equal(np.array(old.embedding, dtype=np.float32), expected[0])
    assert new.prompt_eval_count > 5


def test_a_model_of_a_server_embeds(openai_client):
    reply = openai_client().embeddings.create(model="scripted", input=TEXTS)

    assert vectors_of(reply).tolist() == [[0.0, 1.0], [1.0, 1.0]]
    assert reply.usage.prompt_tokens == 7


@pytest.mark.parametrize(
    ("options", "param"),
    [
        ({"dimensions": 64}, "dimensions"),
        ({"input": []}, "input"),
        ({"input": ["a", " "]}, "input"),
        ({"input": [1, 2, 3]}, "input"),
        ({"input": [[1, 2], [3]]}, "input"),
    ],
)
def test_what_cannot_be_embedded_is_a_bad_request(openai_client, options, param):
    with pytest.raises(openai.BadRequestError) as refused:
        openai_client().embeddings.create(**{"model": MODEL, "input": TEXTS} | options)

    assert refused.value.param == param


def test_the_models_own_dimension_may_be_asked_for(openai_client, expected):
    reply = openai_client().embeddings.create(model=MODEL, input=TEXTS, dimensions=384)

    assert np.array_equal(vectors_of(reply), expected)


def test_a_text_beyond_the_models_window_is_not_cut_silently(openai_client, ollama_client):
    long = "word " * 400

    with pytest.raises(openai.BadRequestError, match="400 tokens; the model reads 254") as refused:
        openai_client().embeddings.create(model=MODEL, input=long)
    with pytest.raises(ollama.ResponseError, match="400 tokens"):
        ollama_client().embed(MODEL, long, truncate=False)

    assert refused.value.code == "context_length_exceeded"


def test_a_text_is_cut_for_those_who_say_so(openai_client, ollama_client):
    long, beginning = "word " * 400, "word " * 254

    cut = openai_client().embeddings.create(model=MODEL, input=long, extra_body={"truncate": True})
    whole = openai_client().embeddings.create(model=MODEL, input=beginning)

    assert np.array_equal(vectors_of(cut), vectors_of(whole))
    assert len(ollama_client().embed(MODEL, long).embeddings) == 1


def test_too_many_texts_are_refused(openai_client):
    with pytest.raises(openai.APIStatusError) as refused:
        openai_client().embeddings.create(model=MODEL, input=["a"] * 2049)

    assert refused.value.status_code == 413


def rerank(node, **body):
    headers = {"Authorization": f"Bearer {node.keys['outsider']}"}
    return httpx.post(f"{node.url}/v1/rerank", json=body, headers=headers, timeout=30)


def test_passages_are_ordered_by_how_well_they_answer(node):
    passages = ["Lunch is at noon.", "Hotels in Paris cost at most 180 euros a night."]
    body = rerank(node, query="What may a hotel in Paris cost?", documents=passages).json()

    first, second = body["results"]
    assert (first["index"], second["index"]) == (1, 0)
    assert 0 <= second["relevance_score"] < first["relevance_score"] <= 1
    assert (body["model"], body["usage"]["total_tokens"] > 10) == ("clawdbot-reader", True)


def test_only_the_best_are_told_with_their_texts_if_asked_for(node):
    documents = [{"text": "The printer is broken."}, {"text": "Dinner is at eight o'clock."}]
    body = rerank(
        node, model="clawdbot-reader", query="When is dinner?", documents=documents, top_n=1,
        return_documents=True,
    ).json()  # fmt: skip

    assert [one["document"] for one in body["results"]] == documents[1:]


@pytest.mark.parametrize(
    ("change", "status"),
    [({"model": "bge"}, 404), ({"documents": []}, 400), ({"documents": ["a"] * 1001}, 413)],
)
def test_what_cannot_be_ordered_is_refused(node, change, status):
    reply = rerank(node, **{"query": "a", "documents": ["b"]} | change)

    assert (reply.status_code, set(reply.json())) == (status, {"error"})
