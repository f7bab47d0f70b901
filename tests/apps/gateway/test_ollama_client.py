"""Ollama's own client against documents and models, over a real server."""

import asyncio
import json
import urllib.request

import ollama
import pytest

PARIS = [{"role": "user", "content": "How much may a hotel in Paris cost?"}]
ANSWER = "Hotels in Paris cost at most 180 euros a night. [1]"


def test_a_question_is_answered(ollama_client):
    reply = ollama_client().chat("kb", messages=PARIS)

    assert (reply.message.content, reply.done, reply.done_reason) == (ANSWER, True, "stop")
    assert (reply.prompt_eval_count > 5, reply.eval_count > 10) == (True, True)
    assert reply.total_duration > 0


def test_a_stream_comes_in_lines(ollama_client):
    *said, last = ollama_client().chat("kb:latest", messages=PARIS, stream=True)

    assert "".join(line.message.content for line in said) == ANSWER
    assert (last.done, last.message.content, last.eval_count > 10) == (True, "", True)


def test_the_asynchronous_client_streams(node):
    async def streamed():
        headers = {"Authorization": f"Bearer {node.keys['reader']}"}
        client = ollama.AsyncClient(node.url, headers=headers)
        lines = await client.chat("kb", messages=PARIS, stream=True)
        return [line.message.content async for line in lines]

    assert "".join(asyncio.run(streamed())) == ANSWER


def test_curl_streams_by_default_and_calls_json_a_form(node):
    request = urllib.request.Request(
        f"{node.url}/api/chat",
        json.dumps({"model": "kb", "messages": PARIS}).encode(),
        {"Authorization": f"Bearer {node.keys['reader']}"},
    )

    with urllib.request.urlopen(request, timeout=30) as response:
        lines = [json.loads(line) for line in response]

    assert response.headers["Content-Type"] == "application/x-ndjson"
    assert lines[-1]["citations"][0]["title"] == "Travel policy"
    assert lines[-1]["clawdbot"]["answered"] is True


def test_a_prompt_is_a_question(ollama_client):
    assert ollama_client().generate("kb", PARIS[0]["content"]).response == ANSWER


def test_a_model_is_talked_to_with_ollamas_options(ollama_client, node):
    reply = ollama_client().generate(
        "scripted", "Hello?", system="Be brief.", format="json",
        options={"temperature": 0, "num_predict": 5, "stop": ["END"], "top_k": 3},
    )  # fmt: skip

    [sent] = node.engine.requests
    assert reply.response == "Hello there."
    assert [one["content"] for one in sent["messages"]] == ["Be brief.", "Hello?"]
    assert (sent["max_tokens"], sent["top_k"], sent["stop"]) == (5, 3, ["END"])
    assert sent["response_format"] == {"type": "json_object"}


def test_a_raw_prompt_is_gone_on_from(ollama_client, node):
    ollama_client().generate("scripted", "Once", raw=True)

    assert node.engine.requests[0]["prompt"] == "Once"


def test_a_model_is_loaded_by_saying_nothing(ollama_client):
    assert ollama_client().generate("kb", "").done_reason == "load"
    assert ollama_client().chat("scripted", messages=[]).done_reason == "load"


def test_lists_show_what_the_caller_may_use(ollama_client):
    def names(who):
        return [one.model for one in ollama_client(who).list().models]

    rest = ["scripted:latest", "tiny:latest", "clawdbot-embedder:latest"]
    own = ["kb/Staff Handbook:latest", "kb/差旅 制度:latest"]
    assert names("reader") == ["kb:latest", *own, *rest]
    assert names("outsider") == ["kb:latest", *rest]


def test_a_model_is_shown(ollama_client):
    assert ollama_client().show("kb/差旅 制度:latest").capabilities == ["completion"]
    assert ollama_client().show("clawdbot-embedder").capabilities == ["embedding"]


def test_loaded_models_are_listed(ollama_client):
    assert "kb:latest" in [one.model for one in ollama_client().ps().models]


@pytest.mark.parametrize(
    ("who", "model", "status"),
    [("outsider", "kb/Staff Handbook", 404), ("cb_wrong", "kb", 401), ("reader", "none", 404)],
)
def test_refusals_are_ollamas_exceptions(ollama_client, who, model, status):
    with pytest.raises(ollama.ResponseError) as refused:
        ollama_client(who).chat(model, messages=PARIS)

    assert refused.value.status_code == status
    assert not refused.value.error.startswith("{")


def test_images_are_refused(ollama_client):
    with pytest.raises(ollama.ResponseError, match="Only text"):
        ollama_client().chat("kb", messages=[PARIS[0] | {"images": [b"png"]}])


def test_models_are_not_managed_here(ollama_client):
    with pytest.raises(ollama.ResponseError, match="administrators"):
        ollama_client().pull("llama3")
