"""OpenAI's own client against documents, over a real server."""

import asyncio
from contextlib import suppress

import openai
import pytest

PARIS = "How much may a hotel in Paris cost?"
ANSWER = "Hotels in Paris cost at most 180 euros a night. [1]"
IMAGE = [{"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}}]
TOOL = {"type": "function", "function": {"name": "search", "parameters": {}}}


def say(*texts, role="user"):
    return [{"role": role, "content": text} for text in texts]


def ask(client, model="kb", messages=None, **options):
    return client.chat.completions.create(model=model, messages=messages or say(PARIS), **options)


def test_a_question_is_answered_with_links_to_its_sources(openai_client, node):
    message = ask(openai_client()).choices[0].message

    [link] = message.annotations
    place = link.url_citation
    assert message.content == ANSWER
    assert message.content[place.start_index : place.end_index] == "[1]"
    assert place.title == "Travel policy"
    assert place.url.startswith(f"{node.url}/documents/{node.travel}/pages/1/?start=")


def test_citations_are_told_as_our_own_api_does(openai_client, node):
    reply = ask(openai_client())

    [citation] = reply.choices[0].message.citations
    assert citation["document"] == node.travel
    assert citation["quote"] == "Hotels in Paris cost at most 180 euros a night."
    assert reply.clawdbot["answered"] is True
    assert reply.clawdbot["confidence"] > 0.5


def test_the_head_names_the_trace(openai_client):
    raw = openai_client().chat.completions.with_raw_response.create(model="kb", messages=say(PARIS))

    assert raw.headers["x-clawdbot-trace"] == raw.parse().clawdbot["trace"]


def test_tokens_are_counted(openai_client):
    usage = ask(openai_client()).usage

    assert usage.prompt_tokens > 5
    assert usage.completion_tokens > 10
    assert usage.total_tokens == usage.prompt_tokens + usage.completion_tokens


def test_a_stream_says_the_same_and_ends_with_sources_and_counts(openai_client):
    chunks = list(ask(openai_client(), stream=True, stream_options={"include_usage": True}))

    *said, last, counts = chunks
    assert said[0].choices[0].delta.role == "assistant"
    assert "".join(chunk.choices[0].delta.content for chunk in said) == ANSWER
    assert last.choices[0].finish_reason == "stop"
    assert last.choices[0].delta.citations[0]["title"] == "Travel policy"
    assert (counts.choices, counts.usage.total_tokens > 10) == ([], True)


def test_counts_come_only_to_those_who_asked(openai_client):
    assert not any(chunk.usage for chunk in ask(openai_client(), stream=True))


def test_the_asynchronous_client_streams(node):
    async def streamed():
        async with openai.AsyncOpenAI(
            base_url=f"{node.url}/v1", api_key=node.keys["reader"]
        ) as client:
            stream = await ask(client, stream=True)
            return [chunk.choices[0].delta.content or "" async for chunk in stream]

    assert "".join(asyncio.run(streamed())) == ANSWER


def test_a_question_leans_on_what_was_asked_before(openai_client):
    talk = [*say(PARIS), *say(ANSWER, role="assistant"), *say("And in Rome?")]

    assert "150 euros" in ask(openai_client(), messages=talk).choices[0].message.content


def test_what_is_not_there_is_said_with_the_closest_passages(openai_client):
    reply = ask(openai_client(), messages=say("Who founded the Hanseatic League?"))

    said = reply.choices[0].message.content
    assert said.startswith("Not found in the documents.")
    assert f"]({reply.clawdbot['nearest'][0]['url']})" in said
    assert (reply.clawdbot["answered"], reply.choices[0].message.citations) == (False, [])


@pytest.mark.parametrize(
    "name", ["kb/Staff Handbook", "kb/staff-handbook", "kb/Staff Handbook:latest", "kb:latest"]
)
def test_a_collection_is_asked_by_its_name_or_slug(openai_client, name):
    assert ask(openai_client(), model=name).choices[0].message.content == ANSWER


def test_a_collection_is_asked_by_its_id(openai_client, node):
    reply = ask(openai_client(), model=f"kb/{node.handbook}")

    assert reply.choices[0].message.content == ANSWER


def test_a_chinese_name_is_written_as_it_is(openai_client):
    reply = ask(openai_client(), model="kb/差旅 制度", messages=say("出差坐高铁可以报销什么座位？"))

    assert "二等座" in reply.choices[0].message.content


def test_another_collection_is_not_searched(openai_client):
    reply = ask(openai_client(), model="kb/差旅 制度")

    assert reply.clawdbot["answered"] is False


def test_lists_show_what_the_caller_may_use(openai_client):
    def names(who):
        return [model.id for model in openai_client(who).models.list()]

    rest = ["scripted", "tiny", "clawdbot-embedder", "clawdbot-reader"]
    assert names("reader") == ["kb", "kb/Staff Handbook", "kb/差旅 制度", *rest]
    assert names("outsider") == ["kb", *rest]


def test_a_model_is_told_by_its_name(openai_client):
    model = openai_client().models.retrieve("kb/差旅 制度")

    assert (model.id, model.object, model.owned_by) == ("kb/差旅 制度", "model", "clawdbot")


@pytest.mark.parametrize("name", ["kb/Staff Handbook", "kb/staff-handbook", "kb/None", "none"])
def test_what_may_not_be_read_is_told_like_what_is_not_there(openai_client, name):
    with pytest.raises(openai.NotFoundError) as refused:
        ask(openai_client("outsider"), model=name)

    assert (refused.value.code, refused.value.param) == ("model_not_found", "model")
    assert refused.value.body["message"].startswith(f"There is no model “{name}”")


def test_an_outsider_does_not_get_in_by_the_id(openai_client, node):
    with pytest.raises(openai.NotFoundError):
        ask(openai_client("outsider"), model=f"kb/{node.handbook}")
    with pytest.raises(openai.NotFoundError):
        openai_client("outsider").models.retrieve(f"kb/{node.handbook}")


def test_an_outsiders_kb_holds_nothing_of_others(openai_client):
    reply = ask(openai_client("outsider"))

    assert (reply.clawdbot["answered"], reply.clawdbot["nearest"]) == (False, [])


def test_a_wrong_key_is_an_authentication_error(openai_client):
    with pytest.raises(openai.AuthenticationError) as refused:
        ask(openai_client("cb_wrong"))

    assert refused.value.code == "invalid_api_key"


@pytest.mark.parametrize(
    ("options", "param"),
    [
        ({"n": 2}, "n"),
        ({"messages": [{"role": "user", "content": IMAGE}]}, "messages.0.content"),
        ({"messages": say("Be brief.", role="system")}, "messages"),
        ({"messages": [{"role": "guru", "content": "?"}]}, "messages.0.role"),
        ({"temperature": 9}, "temperature"),
        ({"tools": [TOOL], "tool_choice": "required"}, "tool_choice"),
        ({"extra_body": {"profile": "nonsense"}}, None),
        ({"messages": say("x" * 2001)}, None),
    ],
)
def test_what_cannot_be_done_is_a_bad_request(openai_client, options, param):
    with pytest.raises(openai.BadRequestError) as refused:
        ask(openai_client(), **options)

    assert refused.value.type == "invalid_request_error"
    assert refused.value.param == param


def test_tools_are_passed_over_and_parts_of_text_are_read(openai_client):
    parts = [{"role": "user", "content": [{"type": "text", "text": PARIS}]}]

    reply = ask(openai_client(), messages=parts, tools=[TOOL], temperature=0, max_tokens=5)

    assert reply.choices[0].message.content == ANSWER


def test_more_than_the_limit_allows_is_a_rate_limit_error(openai_client):
    client = openai_client("hurried")
    with suppress(openai.RateLimitError):  # another test may have been first
        ask(client)

    with pytest.raises(openai.RateLimitError) as refused:
        ask(client)

    assert refused.value.code == "rate_limit_exceeded"
    assert int(refused.value.response.headers["retry-after"]) > 0
    assert refused.value.response.headers["x-ratelimit-remaining-requests"] == "0"


def test_an_unknown_address_is_told_in_the_same_form(openai_client):
    with pytest.raises(openai.NotFoundError) as refused:
        openai_client().images.generate(prompt="A cat")

    assert refused.value.code == "unknown_address"
