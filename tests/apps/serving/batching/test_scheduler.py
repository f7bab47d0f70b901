import random

import pytest

from apps.serving.batching.reading import PAUSE_S
from apps.serving.batching.scripted import copying, following
from apps.serving.protocols import FinishReason, QueueFull
from tests.apps.serving.batching.conftest import Stage


def expected(tokens: list[int], count: int, *, script=following) -> str:
    """What the scripted decoder says to a prompt, alone."""
    said: list[int] = []
    for _ in range(count):
        said.append(script([*tokens, *said]))
    return "".join(f"{token} " for token in said)


def test_answers_that_come_at_different_steps_are_each_as_if_alone(stage):
    first = stage.ask([1, 2, 3])
    for _ in range(3):
        stage.scheduler.step()
    second = stage.ask([4, 5])

    stage.run()

    assert (first.text, second.text) == (expected([1, 2, 3], 8), expected([4, 5], 8))


@pytest.mark.parametrize("script", [following, copying])
@pytest.mark.parametrize("seed", range(8))
def test_whoever_comes_and_goes_whenever_each_answer_is_as_if_alone(seed, script):
    chance, stage, heard = random.Random(seed), Stage(script=script), []
    beginnings = [[chance.randrange(1, 5) for _ in range(40)] for _ in range(2)]
    while len(heard) < 40 or stage.scheduler.has_work:
        if len(heard) < 40 and chance.random() < 0.4:
            begin = chance.choice(beginnings)[: chance.randrange(1, 41)]
            tokens = [*begin, *[chance.randrange(1, 5)] * chance.randrange(1, 5)]
            key = chance.choice(["", "other"])
            heard.append(stage.ask(tokens, chance.randrange(1, 20), cache_key=key))
        if heard and chance.random() < 0.1:
            chance.choice(heard).answer.is_cancelled = True
        stage.scheduler.step()

    for one in heard:
        finished, tokens = one.finished, list(one.answer.request.tokens)
        assert one.text == expected(tokens, finished.completion_tokens, script=script)
        assert finished.reason in (FinishReason.LENGTH, FinishReason.CANCELLED)


def test_prompts_are_read_one_after_the_other(stage):
    stage.costs.reading_rate = 40 / 0.35
    stage.costs.read = lambda *_: None  # the rate stays
    heard = [stage.ask([n] * 60, 4) for n in (1, 2, 3)]

    stage.run()

    reads = [runs[0].tokens[0] for runs in stage.decoder.decoded if len(runs[0].tokens) > 8]
    assert reads == sorted(reads)
    assert [one.finished.completion_tokens for one in heard] == [4, 4, 4]


def test_while_a_prompt_is_read_in_chunks_the_others_go_on(stage):
    stage.costs.reading_rate = 20 / 0.35
    stage.costs.read = lambda *_: None  # the rate stays
    first = stage.ask([1, 2], 30)
    stage.scheduler.step()
    stage.ask([3] * 60, 1)
    before = first.answer.said

    stage.scheduler.step()
    stage.scheduler.step()

    assert first.answer.said > before + 1


def test_a_short_prompt_may_go_before_a_long_one_but_not_for_ever(stage):
    stage.costs.reading_rate = 45 / PAUSE_S
    stage.costs.read = lambda *_: None  # the rate stays
    heard = [stage.ask([1] * 63, 1), *(stage.ask([2, n], 1) for n in range(3, 9))]

    stage.run()

    first_tokens = [runs[0].tokens[0] for runs in stage.decoder.decoded]
    last_of_long = max(at for at, token in enumerate(first_tokens) if token == 1)
    assert first_tokens[0] == 2
    assert 0 < last_of_long < len(first_tokens) - 1
    assert len(heard) == 7


def test_a_beginning_that_was_read_for_another_is_not_read_again(stage):
    stage.ask(list(range(1, 50)), 1)
    stage.run()
    second = stage.ask([*range(1, 45), 90, 91], 5)

    stage.run()

    assert second.finished.cached_tokens == 44
    assert second.text == expected([*range(1, 45), 90, 91], 5)


def test_how_much_is_known_of_anothers_prompt_is_not_told_to_who_guesses_it(stage):
    stage.ask(list(range(1, 50)), 1, cache_key="documents")
    stage.run()
    guess = stage.ask([*range(1, 45), 90, 91], 5, cache_key="guesser")
    stage.run()
    own = stage.ask([*range(1, 45), 90, 91], 5, cache_key="guesser")

    stage.run()

    assert (guess.finished.cached_tokens, own.finished.cached_tokens) == (0, 45)
    assert guess.text == own.text == expected([*range(1, 45), 90, 91], 5)


def test_of_two_that_come_at_once_the_second_waits_for_the_beginning_that_they_share(stage):
    beginning = list(range(1, 50))
    stage.ask([*beginning, 60], 2)
    second = stage.ask([*beginning, 70], 2)

    stage.run()

    assert second.finished.cached_tokens == 49


def test_guesses_change_nothing_but_the_number_of_steps():
    stage = Stage(script=copying)
    heard = [stage.ask([n, 2, 3, 4, 5, 6, 7] * 2, 40) for n in (1, 8, 9)]

    stage.run()

    for one in heard:
        assert one.text == expected(list(one.answer.request.tokens), 40, script=copying)
    assert sum(one.finished.accepted_tokens for one in heard) > 40
    assert stage.scheduler.counters["steps"] < 40


def test_who_is_cancelled_leaves_before_the_next_step(stage):
    heard = [stage.ask([n, n], 50) for n in range(1, 5)]
    stage.scheduler.step()
    heard[0].answer.is_cancelled = heard[3].answer.is_cancelled = True

    stage.scheduler.step()

    assert [one.events and one.events[-1].reason for one in (heard[0], heard[3])] == [
        FinishReason.CANCELLED, FinishReason.CANCELLED,
    ]  # fmt: skip
    assert stage.scheduler.running == 2


def test_what_cannot_be_computed_ends_alone(stage):
    stage.decoder.failing = {13}
    good, bad, other = (stage.ask(tokens, 6) for tokens in ([1, 2], [13, 2], [3]))

    stage.run()

    assert bad.finished.reason is FinishReason.ERROR
    assert (good.text, other.text) == (expected([1, 2], 6), expected([3], 6))


def test_a_listener_that_fails_ends_only_its_own_answer(stage):
    def fail(_event):
        raise RuntimeError("gone")

    stage.ask([1, 2], 6, deliver=fail)
    other = stage.ask([3, 4], 6)

    stage.run()

    assert other.text == expected([3, 4], 6)


def test_an_answer_ends_where_the_context_ends():
    stage = Stage(context=16)
    heard = stage.ask([1] * 12, 100)

    stage.run()

    assert heard.finished.reason is FinishReason.LENGTH
    assert heard.finished.completion_tokens == 5


def test_a_stop_text_ends_the_answer_and_is_not_told(stage):
    third = expected([1, 2], 3).split()[2]
    heard = stage.ask([1, 2], 8, stop=(f" {third} ",))

    stage.run()

    assert heard.finished.reason is FinishReason.STOP
    assert heard.text == expected([1, 2], 2)[:-1]


def test_those_that_wait_know_their_place_and_one_too_many_is_refused():
    stage = Stage(parallel=1, queue=2)
    heard = [stage.ask([n], 30) for n in (1, 2)]
    stage.scheduler.step()
    heard.append(stage.ask([3], 30))

    positions = [stage.line.position(one.answer) for one in heard]
    waits = [stage.line.estimated_wait_s(one.answer) for one in heard]

    assert positions == [0, 1, 2]
    assert 0 == waits[0] < waits[1] < waits[2]
    with pytest.raises(QueueFull):
        stage.ask([4])


def test_writing_answers_lie_side_by_side_whoever_leaves(stage):
    heard = [stage.ask([n, n], 40) for n in (1, 2, 3)]
    for _ in range(4):
        stage.scheduler.step()
    heard[0].answer.is_cancelled = True
    stage.scheduler.step()

    slots = [run.slot for run in stage.decoder.decoded[-1]]

    stage.run()
    assert slots == [0, 1]
    assert heard[2].text == expected([3, 3], 40)


def test_counters_only_grow_and_say_what_was_done(stage):
    stage.ask([1, 2, 3], 4)
    stage.run()

    assert stage.scheduler.counters["prompt_tokens"] == 3
    assert stage.scheduler.counters["completion_tokens"] == 4
    assert stage.scheduler.counters["ended_length"] == 1
