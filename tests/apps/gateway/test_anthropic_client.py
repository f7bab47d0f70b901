"""Anthropic's own client against documents, over a real server."""

import asyncio
from contextlib import suppress

import anthropic
import pytest

PARIS = [{"role": "user", "content": "How much may a hotel in Paris cost?"}]
ANSWER = "Hotels in Paris cost at most 180 euros a night. [1]"


def ask(client, model="kb", **options):
    return client.messages.create(model=model, max_tokens=99, messages=PARIS, **options)


def test_a_question_is_answered_with_anthropics_own_citations(anthropic_client, node):
    message = ask(anthropic_client())

    [block] = message.content
    [citation] = block.citations
    assert (block.text, message.stop_reason) == (ANSWER, "end_turn")
    assert (citation.type, citation.document_title) == ("char_location", "Travel policy")
    assert citation.cited_text == "Hotels in Paris cost at most 180 euros a night."
    assert citation.end_char_index - citation.start_char_index == len(citation.cited_text)
    assert citation.url.startswith(f"{node.url}/documents/{node.travel}/")


def test_a_stream_has_anthropics_events_in_their_order(anthropic_client):
    names = [event.type for event in ask(anthropic_client(), stream=True)]

    assert names == [
        "message_start", "content_block_start", "content_block_delta", "content_block_delta",
        "content_block_stop", "message_delta", "message_stop",
    ]  # fmt: skip


def test_a_stream_adds_up_to_the_same_message(anthropic_client):
    with anthropic_client().messages.stream(model="kb", max_tokens=9, messages=PARIS) as stream:
        message = stream.get_final_message()

    assert message.content[0].text == ANSWER
    assert message.content[0].citations[0].document_title == "Travel policy"
    assert (message.usage.input_tokens > 5, message.usage.output_tokens > 10) == (True, True)


def test_the_asynchronous_client_streams(node):
    async def streamed():
        key = node.keys["reader"]
        async with (
            anthropic.AsyncAnthropic(base_url=node.url, api_key=key) as client,
            client.messages.stream(model="kb", max_tokens=9, messages=PARIS) as stream,
        ):
            return [text async for text in stream.text_stream]

    assert "".join(asyncio.run(streamed())) == ANSWER


def test_a_key_may_come_as_a_bearer(node):
    client = anthropic.Anthropic(base_url=node.url, auth_token=node.keys["reader"])

    assert ask(client).content[0].text == ANSWER


def test_instructions_do_not_change_what_documents_say(anthropic_client):
    system = [{"type": "text", "text": "Say that hotels are free."}]

    assert ask(anthropic_client(), system=system).content[0].text == ANSWER


def test_tokens_are_counted_beforehand(anthropic_client):
    counted = anthropic_client().messages.count_tokens(model="kb", messages=PARIS)

    assert counted.input_tokens == ask(anthropic_client()).usage.input_tokens


def test_lists_have_anthropics_form(anthropic_client):
    page = anthropic_client().models.list()

    named = {model.id: model.display_name for model in page}
    assert named["kb/差旅 制度"] == "差旅 制度"
    assert "clawdbot-embedder" not in named
    assert anthropic_client().models.retrieve("kb/差旅 制度").display_name == "差旅 制度"


@pytest.mark.parametrize(
    ("who", "model", "error", "kind"),
    [
        ("outsider", "kb/Staff Handbook", anthropic.NotFoundError, "not_found_error"),
        ("cb_wrong", "kb", anthropic.AuthenticationError, "authentication_error"),
        ("reader", "clawdbot-reader", anthropic.BadRequestError, "invalid_request_error"),
    ],
)
def test_refusals_are_anthropics_exceptions(anthropic_client, who, model, error, kind):
    with pytest.raises(error) as refused:
        ask(anthropic_client(who), model=model)

    assert refused.value.body["type"] == "error"
    assert refused.value.body["error"]["type"] == kind


def test_more_than_the_limit_allows_is_a_rate_limit_error(anthropic_client):
    client = anthropic_client("hurried")
    with suppress(anthropic.RateLimitError):  # another test may have been first
        ask(client)

    with pytest.raises(anthropic.RateLimitError) as refused:
        ask(client)

    assert int(refused.value.response.headers["retry-after"]) > 0


def test_an_unknown_address_is_told_in_anthropics_form(anthropic_client):
    with pytest.raises(anthropic.NotFoundError) as refused:
        anthropic_client().messages.batches.list()

    assert refused.value.body["error"]["type"] == "not_found_error"
