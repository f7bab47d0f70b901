"""Streams from OpenAI-compatible servers, and what becomes of their failures."""

import threading

import pytest

from apps.core import cancellation
from apps.core.errors import Invalid, Overloaded, Retryable
from apps.generation.upstream import (
    ChatDone,
    ChatOptions,
    ChatPiece,
    ChatQueued,
    Target,
    Usage,
    chat,
    count_tokens,
    embed,
)
from tests.apps.generation.upstream.conftest import text_of
from tests.scripted_engine import Cut, Raw, Refusal, Wait
from tests.services import free_port


def test_pieces_come_in_order_then_the_counts(server, asked):
    server.tell(["Twenty", "-five ", "days."])

    *pieces, done = asked()

    assert text_of(pieces) == "Twenty-five days."
    assert done == ChatDone("stop", Usage(500, 9, 20), {}, "scripted")


def test_what_is_asked_for_is_what_is_sent(server, asked):
    asked(temperature=0.0, max_tokens=9, stop=("END",), extra={"logprobs": True})

    sent = server.requests[0]
    assert (sent["temperature"], sent["max_tokens"], sent["stop"]) == (0.0, 9, ["END"])
    assert (sent["model"], sent["stream"], sent["logprobs"]) == ("scripted", True, True)
    assert "seed" not in sent


def test_the_place_in_the_queue_is_told(server, asked):
    server.tell([Raw(b": queued position=3 wait_s=12.5\n\n"), "Hi."])

    assert asked()[0] == ChatQueued(3, 12.5)


def test_comments_line_ends_and_split_data_are_read_as_the_standard_says(server, asked):
    event = (
        b'event: x\r\nid: 1\r\ndata: {"choices": [{"delta":\r\n'
        b'data:{"content": "A\xe2\x80\xa8B"}}]}\r\n\r\n'
    )
    server.tell([Raw(b": hello\r\n\r\n"), Raw(event[:70]), Raw(event[70:])])

    assert text_of(asked()) == "A\u2028B"


def test_a_connection_that_breaks_before_the_first_word_is_tried_again(server, asked):
    server.tell([Cut()], ["Hi."])

    assert text_of(asked(attempts=2)) == "Hi."
    assert len(server.requests) == 2


def test_a_connection_that_breaks_in_the_middle_is_lost_and_not_asked_again(server, asked, target):
    server.tell(["Twenty", Cut()], ["five"])
    stream = chat(target, [], ChatOptions(attempts=3))

    assert next(stream) == ChatPiece("Twenty")
    with pytest.raises(Retryable) as failed:
        next(stream)

    assert failed.value.code == "engine_lost"
    assert len(server.requests) == 1


def test_an_error_in_the_stream_is_an_error(server, asked):
    server.tell(["Twenty", Raw(b'data: {"error": {"message": "out of memory"}}\n\n')])

    with pytest.raises(Retryable) as failed:
        asked()

    assert failed.value.code == "engine_lost"
    assert "out of memory" not in failed.value.message


def test_a_stream_without_an_end_is_no_answer(server, asked):
    server.tell([Raw(b"<html>Not here</html>\n\n0\r\n\r\n"), Cut()])

    with pytest.raises(Retryable) as failed:
        asked(attempts=1)

    assert failed.value.code == "engine_unreachable"


@pytest.mark.parametrize(
    "odd", ['{"choices": [null]}', '{"choices": [{"delta": "Hi"}]}', '{"choices": 3}', "[]", "7"]
)
def test_what_is_no_chunk_is_a_failure_of_the_server(odd, server, asked):
    server.tell([Raw(f"data: {odd}\n\n".encode())])

    with pytest.raises(Retryable) as failed:
        asked(attempts=1)

    assert failed.value.code == "engine_unreachable"


def test_a_full_queue_says_when_to_come_back(server, asked):
    server.tell([Refusal(429, {"message": "full"}, {"Retry-After": "7"})])

    with pytest.raises(Overloaded) as refused:
        asked()

    assert refused.value.retry_after_s == 7
    assert len(server.requests) == 1


def test_a_prompt_that_is_too_long_says_by_how_much(server, asked):
    error = {
        "message": "Too long.",
        "code": "context_length_exceeded",
        "n_prompt_tokens": 5000,
        "n_ctx": 4096,
    }
    server.tell([Refusal(400, error)])

    with pytest.raises(Invalid) as refused:
        asked()

    assert refused.value.code == "context_length_exceeded"
    assert refused.value.details == {"n_prompt_tokens": 5000, "n_ctx": 4096}


def test_a_remote_servers_own_words_are_not_passed_on(server):
    server.tell([Refusal(400, {"message": "key sk-12345 is over quota"})])
    remote = Target(url=f"{server.url}/v1", model="x", key="sk-12345", is_remote=True)

    with pytest.raises(Invalid) as refused:
        list(chat(remote, [], ChatOptions()))

    assert "sk-12345" not in refused.value.message
    assert server.headers[-1]["Authorization"] == "Bearer sk-12345"


def test_a_slow_first_word_ends_the_attempt(server, asked):
    server.tell([Wait()])

    with pytest.raises(Retryable) as failed:
        asked(first_token_s=0.2)

    assert failed.value.code == "engine_timeout"


def test_an_answer_that_takes_too_long_is_cut(server, asked):
    server.tell(["Twenty", Wait()])

    with pytest.raises(Retryable) as failed:
        asked(timeout_s=0.2)

    assert failed.value.code == "engine_timeout"


def test_long_answers_and_impossible_wishes_of_one_do_not_keep_others_from_the_server(
    server, asked
):
    error = b'data: {"error": {"code": "impossible_grammar", "message": "No token fits."}}\n\n'
    server.tell(*3 * [["Twenty", Wait()]], *3 * [[Raw(error)]], ["Hi."])
    for _ in range(3):
        with pytest.raises(Retryable, match="too long"):
            asked(timeout_s=0.1)
    for _ in range(3):
        with pytest.raises(Invalid, match="No token fits"):
            asked()

    assert text_of(asked()) == "Hi."


def test_who_chose_the_whole_prompt_shares_no_beginning_with_answers(server, asked):
    for asker in ("", "user:1", "user:2"):
        asked(asker=asker)

    assert len({sent["prompt_cache_key"] for sent in server.requests}) == 3


def test_closing_the_iterator_closes_the_connection(server, target):
    server.tell(["Twenty", Wait()])
    stream = chat(target, [], ChatOptions())
    next(stream)

    stream.close()

    assert server.is_left.wait(5)


def test_who_waits_for_a_word_can_be_woken_from_another_thread(server, target):
    wait = Wait()
    server.tell([wait])
    leaving = cancellation.Cancellation()
    token = cancellation.current.set(leaving)
    threading.Thread(target=lambda: wait.is_waiting.wait(5) and leaving.cancel()).start()

    with pytest.raises(Retryable):
        list(chat(target, [], ChatOptions(attempts=1)))

    cancellation.current.reset(token)
    assert server.is_left.wait(5)


def test_a_server_that_fails_again_and_again_is_left_alone(server, asked):
    server.tell([Refusal(500)])
    for _ in range(3):
        with pytest.raises(Retryable):
            asked(attempts=1)

    with pytest.raises(Retryable) as resting:
        asked(attempts=1)

    assert resting.value.code == "engine_resting"
    assert len(server.requests) == 3


def test_nobody_at_the_address_is_out_of_reach():
    target = Target(url=f"http://127.0.0.1:{free_port()}/v1", model="x")

    with pytest.raises(Retryable) as failed:
        list(chat(target, [], ChatOptions(attempts=2)))

    assert failed.value.code == "engine_unreachable"


def test_vectors_come_in_the_order_of_their_texts(target):
    embedded = embed(target, ["a", "b"])

    assert embedded.vectors == [[0.0, 1.0], [1.0, 1.0]]
    assert embedded.prompt_tokens == 7


def test_tokens_are_counted_where_the_server_can(target):
    assert count_tokens(target, "x" * 40) == 10
    assert count_tokens(Target(url=f"{target.root}/nowhere/v1", model="x"), "x") is None


@pytest.mark.parametrize("status", [404, 422, 429, 500])
def test_a_server_that_does_not_count_leaves_it_at_that(status, server):
    server.tell([Refusal(status)])

    assert count_tokens(Target(url=f"{server.url}/other/v1", model="x"), "x") is None
