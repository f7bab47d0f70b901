"""With OpenAI's own client, against a process."""

import json
import math

import openai
import pytest

from tests.apps.serving.http.processes import serving

ASKED = [{"role": "user", "content": "Say anything."}]
PLAIN = {"model": "tiny", "messages": ASKED, "temperature": 0, "max_tokens": 24}


def test_a_conversation_is_answered_with_its_usage(client):
    answer = client.chat.completions.create(**PLAIN)

    choice, usage = answer.choices[0], answer.usage
    assert (choice.message.role, choice.finish_reason) == ("assistant", "length")
    assert len(choice.message.content) > 0
    assert (usage.completion_tokens, usage.total_tokens) == (24, usage.prompt_tokens + 24)


def test_a_stream_says_the_same_in_pieces(client):
    whole = client.chat.completions.create(**PLAIN).choices[0].message.content

    chunks = list(client.chat.completions.create(**PLAIN, stream=True))

    deltas = [chunk.choices[0].delta for chunk in chunks]
    assert (deltas[0].role, deltas[0].content) == ("assistant", "")
    assert "".join(delta.content or "" for delta in deltas) == whole
    assert chunks[-1].choices[0].finish_reason == "length"


def test_a_stream_ends_with_usage_and_timings_when_they_are_asked_for(client):
    stream = client.chat.completions.create(
        **PLAIN, stream=True, stream_options={"include_usage": True}
    )

    *others, last = list(stream)

    assert all(chunk.usage is None for chunk in others)
    assert (last.choices, last.usage.completion_tokens) == ([], 24)
    assert last.timings.keys() == {
        "queued_s", "prompt_s", "total_s", "cached_tokens", "accepted_tokens",
    }  # fmt: skip


def test_a_stop_text_ends_the_answer_and_is_no_part_of_it(client):
    whole = client.chat.completions.create(**PLAIN).choices[0].message.content
    stop = whole[5:7]

    choice = client.chat.completions.create(**PLAIN, stop=[stop, "never"]).choices[0]

    assert choice.finish_reason == "stop"
    assert choice.message.content == whole[: whole.index(stop)]


def test_a_seed_gives_the_same_answer_again(client):
    asked = {**PLAIN, "temperature": 1.5, "seed": 7}

    answers = {client.chat.completions.create(**asked).choices[0].message.content for _ in range(2)}

    assert len(answers) == 1


def test_an_answer_follows_a_json_schema(client):
    schema = {
        "type": "object",
        "properties": {"is_right": {"type": "boolean"}, "unit": {"enum": ["mg", "ml"]}},
        "required": ["is_right", "unit"],
        "additionalProperties": False,
    }
    form = {"type": "json_schema", "json_schema": {"name": "dose", "schema": schema}}

    answer = client.chat.completions.create(**{**PLAIN, "max_tokens": 400}, response_format=form)

    found = json.loads(answer.choices[0].message.content)
    assert found["is_right"] in (True, False)
    assert found["unit"] in ("mg", "ml")


def test_a_completion_goes_on_from_a_text_or_from_tokens(client):
    asked = {"model": "tiny", "temperature": 0, "max_tokens": 5}

    of_text = client.completions.create(**asked, prompt="Once")
    of_list = client.completions.create(**asked, prompt=["Once"])

    assert of_text.choices[0].text == of_list.choices[0].text
    assert of_text.usage.completion_tokens == 5


def test_a_prompt_that_does_not_fit_is_refused_with_both_sizes(client):
    asked = {**PLAIN, "messages": [{"role": "user", "content": "word " * 20_000}]}

    with pytest.raises(openai.BadRequestError) as refused:
        client.chat.completions.create(**asked)

    error = refused.value.body
    assert (error["code"], error["n_ctx"]) == ("context_length_exceeded", 16384)
    assert error["n_prompt_tokens"] > 16384


def test_the_one_model_is_listed_and_others_are_not_found(client):
    assert [model.id for model in client.models.list()] == ["tiny"]
    assert client.models.retrieve("tiny").owned_by == "clawdbot"
    with pytest.raises(openai.NotFoundError, match="`gpt-5` is not here"):
        client.chat.completions.create(**{**PLAIN, "model": "gpt-5"})


def test_a_model_for_answers_makes_no_embeddings(client):
    with pytest.raises(openai.BadRequestError, match="makes no embeddings"):
        client.embeddings.create(model="tiny", input="text")


def test_a_model_for_embeddings_makes_vectors_in_order_and_no_answers(tiny_model, tmp_path):
    with serving(tiny_model, tmp_path, is_embedding=True, context=256) as server:
        client = openai.OpenAI(base_url=f"{server.address}/v1", api_key="none", max_retries=0)
        both = client.embeddings.create(model="tiny", input=["a contract", "一份合同"])
        one = client.embeddings.create(model="tiny", input="一份合同", encoding_format="float")
        with pytest.raises(openai.BadRequestError, match="writes no answers"):
            client.chat.completions.create(**PLAIN)

    first, second = (row.embedding for row in both.data)
    assert math.isclose(math.hypot(*first), 1, abs_tol=1e-5)
    assert second == pytest.approx(one.data[0].embedding, abs=1e-2)
    assert second != pytest.approx(first, abs=1e-2)
    assert both.usage.prompt_tokens > one.usage.prompt_tokens > 0
