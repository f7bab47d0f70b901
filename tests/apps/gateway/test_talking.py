"""Language models through the gateway: what goes to their server, and what comes back."""

import json
import socket
import threading

import anthropic
import ollama
import openai
import pytest

from tests.scripted_engine import Cut, Refusal, Wait

MODEL = "scripted"
HELLO = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hello?"}]


def talk(client, **options):
    return client.chat.completions.create(model=MODEL, messages=HELLO, **options)


@pytest.fixture
def breaking(node, openai_client):
    """The next reply breaks off; one that goes well before it keeps the server from resting."""
    node.engine.tell(["Fine."], ["Hello ", Cut()])
    talk(openai_client())


def test_the_conversation_and_its_options_reach_the_server(openai_client, node):
    form = {"type": "json_object"}
    reply = talk(
        openai_client(), temperature=0, top_p=0.5, max_completion_tokens=7, seed=3, stop="END",
        response_format=form, presence_penalty=0.5,
    )  # fmt: skip

    [sent] = node.engine.requests
    assert reply.choices[0].message.content == "Hello there."
    assert sent["messages"] == HELLO
    assert {name: sent[name] for name in ("temperature", "top_p", "max_tokens", "seed")} == {
        "temperature": 0, "top_p": 0.5, "max_tokens": 7, "seed": 3,
    }  # fmt: skip
    assert (sent["stop"], sent["response_format"]) == (["END"], form)
    assert sent["presence_penalty"] == 0.5


def test_the_servers_counts_are_passed_on(openai_client, anthropic_client):
    body = {"model": MODEL, "max_tokens": 9, "messages": HELLO[1:]}
    ours = openai_client().chat.completions.create(**body).usage
    theirs = anthropic_client().messages.create(**body).usage

    assert ours.completion_tokens == theirs.output_tokens == 9
    assert ours.prompt_tokens_details.cached_tokens == theirs.cache_read_input_tokens > 0
    assert ours.prompt_tokens == theirs.input_tokens + theirs.cache_read_input_tokens


def test_what_one_sends_shares_no_beginning_with_what_another_sends(openai_client, node):
    for who in ("reader", "reader", "outsider"):
        talk(openai_client(who))

    mine, mine_again, theirs = [sent["prompt_cache_key"] for sent in node.engine.requests]
    assert mine == mine_again != theirs


def test_a_text_is_gone_on_from(openai_client, node):
    reply = openai_client().completions.create(model=MODEL, prompt="Once", max_tokens=5)

    assert reply.choices[0].text == "Hello there."
    assert (node.engine.requests[0]["prompt"], reply.object) == ("Once", "text_completion")


def test_a_streamed_text_comes_in_pieces(openai_client):
    chunks = openai_client().completions.create(model=MODEL, prompt="Once", stream=True)

    assert [chunk.choices[0].text for chunk in chunks] == ["Hello ", "there.", ""]


def test_documents_do_not_go_on_from_a_text(openai_client):
    with pytest.raises(openai.BadRequestError, match="chat/completions"):
        openai_client().completions.create(model="kb", prompt="Once")


def test_tools_are_refused(openai_client):
    tool = {"type": "function", "function": {"name": "search", "parameters": {}}}

    with pytest.raises(openai.BadRequestError, match="not supported yet"):
        talk(openai_client(), tools=[tool])


def test_a_built_in_model_does_not_talk(openai_client):
    with pytest.raises(openai.BadRequestError, match="does not talk"):
        openai_client().chat.completions.create(model="clawdbot-embedder", messages=HELLO)


def test_too_long_a_conversation_is_told_with_its_figures(openai_client, node):
    error = {"code": "context_length_exceeded", "message": "Too long.", "n_prompt_tokens": 9000}
    node.engine.tell([Refusal(400, {**error, "n_ctx": 4096})])

    with pytest.raises(openai.BadRequestError) as refused:
        talk(openai_client())

    assert refused.value.code == "context_length_exceeded"
    assert (refused.value.body["n_prompt_tokens"], refused.value.body["n_ctx"]) == (9000, 4096)


def test_a_full_queue_is_told_with_the_time_to_wait(openai_client, anthropic_client, node):
    node.engine.tell([Refusal(429, {"message": "full"}, {"Retry-After": "7"})])

    with pytest.raises(openai.RateLimitError) as ours:
        talk(openai_client())
    with pytest.raises(anthropic.OverloadedError) as theirs:
        anthropic_client().messages.create(model=MODEL, max_tokens=9, messages=HELLO[1:])

    assert ours.value.response.headers["retry-after"] == "7"
    assert (theirs.value.status_code, theirs.value.response.headers["retry-after"]) == (529, "7")


def test_a_stream_that_breaks_raises_in_openais_client(openai_client, breaking):
    stream = talk(openai_client(), stream=True)
    said = [next(stream).choices[0].delta.content for _ in range(2)]

    with pytest.raises(openai.APIError) as broken:
        next(stream)

    assert (said, broken.value.code) == (["", "Hello "], "engine_lost")


def test_a_stream_that_breaks_raises_in_anthropics_client(anthropic_client, breaking):
    stream = anthropic_client().messages.create(
        model=MODEL, max_tokens=9, messages=HELLO[1:], stream=True
    )

    with pytest.raises(anthropic.APIStatusError) as broken:
        list(stream)

    assert broken.value.body["error"]["type"] == "api_error"


def test_a_stream_that_breaks_raises_in_ollamas_client(ollama_client, breaking):
    with pytest.raises(ollama.ResponseError, match="broke off"):
        list(ollama_client().chat(MODEL, messages=HELLO, stream=True))


def test_leaving_a_stream_frees_the_servers_place(openai_client, node):
    wait = Wait()
    node.engine.tell(["Hello ", wait, "there."])

    stream = talk(openai_client(), stream=True)
    assert wait.is_waiting.wait(10)
    stream.response.close()

    assert node.engine.is_left.wait(10)


def test_leaving_before_the_reply_in_one_piece_frees_the_servers_place(node):
    wait = Wait(threading.Event())
    node.engine.tell([wait, "there."])
    body = json.dumps({"model": MODEL, "messages": HELLO}).encode()
    head = f"POST /v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1:{node.port}\r\n"
    head += f"Authorization: Bearer {node.keys['reader']}\r\nContent-Length: {len(body)}\r\n\r\n"

    with socket.create_connection(("127.0.0.1", node.port)) as caller:
        caller.sendall(head.encode() + body)
        assert wait.is_waiting.wait(10)

    assert node.engine.is_left.wait(10)
