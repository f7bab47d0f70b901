"""From the vendors' clients through the gateway to a real model server and its model."""

import anthropic
import openai
import pytest

HELLO = [{"role": "user", "content": "Say something."}]
TINY = {"model": "tiny", "messages": HELLO, "max_tokens": 16}


def test_all_clients_get_the_same_words(openai_client, anthropic_client, ollama_client):
    ours = openai_client().chat.completions.create(**TINY, temperature=0)
    theirs = anthropic_client().messages.create(**TINY, extra_body={"temperature": 0})
    third = ollama_client().chat(
        "tiny", messages=HELLO, options={"num_predict": 16, "temperature": 0}
    )

    assert ours.choices[0].message.content == theirs.content[0].text == third.message.content
    assert ours.usage.completion_tokens == theirs.usage.output_tokens == third.eval_count == 16
    assert (ours.choices[0].finish_reason, theirs.stop_reason) == ("length", "max_tokens")
    assert third.done_reason == "length"


def test_a_stream_says_the_same(openai_client):
    whole = openai_client().chat.completions.create(**TINY, seed=7)
    chunks = list(openai_client().chat.completions.create(**TINY, seed=7, stream=True))

    said = "".join(chunk.choices[0].delta.content or "" for chunk in chunks)
    assert said == whole.choices[0].message.content
    assert chunks[-1].timings["total_s"] > 0


def test_a_text_is_gone_on_from(openai_client):
    reply = openai_client().completions.create(model="tiny", prompt="Once upon", max_tokens=5)

    assert (reply.usage.prompt_tokens > 0, reply.usage.completion_tokens) == (True, 5)


def test_tokens_are_counted_by_the_model(anthropic_client):
    counted = anthropic_client().messages.count_tokens(model="tiny", messages=HELLO)

    assert counted.input_tokens > 0


def test_what_does_not_fit_is_refused_and_not_cut(openai_client, anthropic_client):
    long = TINY | {"messages": [{"role": "user", "content": "word " * 20_000}]}

    with pytest.raises(openai.BadRequestError) as ours:
        openai_client().chat.completions.create(**long)
    with pytest.raises(anthropic.BadRequestError, match="tokens"):
        anthropic_client().messages.create(**long)

    assert ours.value.code == "context_length_exceeded"
    assert ours.value.body["n_prompt_tokens"] > ours.value.body["n_ctx"]


def test_a_model_for_answers_makes_no_embeddings(openai_client):
    with pytest.raises(openai.BadRequestError):
        openai_client().embeddings.create(model="tiny", input="Hello")


def test_leaving_frees_the_models_place(openai_client, model_server):
    body = TINY | {"max_tokens": 12_000}
    stream = openai_client().chat.completions.create(**body, stream=True)
    next(stream)
    model_server.wait_for("clawdbot_model_running", 1)

    stream.response.close()

    model_server.wait_for("clawdbot_model_running", 0)
