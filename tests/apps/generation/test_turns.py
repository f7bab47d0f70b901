"""Reading a conversation again."""

import pytest

from apps.generation import wording
from apps.generation.answer import answer
from apps.generation.answers import Question
from apps.generation.conversations import conversation_create
from apps.generation.models import Asking, Feedback, Trace
from apps.generation.open_questions import asking_note
from apps.generation.sharing import share_create
from apps.generation.turns import conversation_turns
from apps.knowledge.models import Grant


@pytest.fixture
def talk(reader):
    return conversation_create(by=reader)


@pytest.fixture
def ask(scope, reader, talk):
    def asked(text, **values):
        return answer(Question(text, scope=scope, user=reader, conversation=talk, **values))

    return asked


def test_turns_say_again_what_the_answers_said(ask, talk, reader):
    given = [ask("Who designed the printer?"), ask("Who invented the telephone?")]

    turns = conversation_turns(talk, by=reader)

    assert [turn.trace for turn in turns] == [one.trace for one in given]
    for turn, one in zip(turns, given, strict=True):
        assert (turn.text, turn.short_answer) == (one.text, one.short_answer)
        assert (turn.is_answered, turn.confidence) == (one.is_answered, one.confidence)
        assert [hit.chunk for hit in turn.nearest] == [hit.chunk for hit in one.nearest]
    assert turns[0].citations[0]["quote"] == given[0].citations[0].quote


def test_a_turn_brings_its_verdict_share_and_report(ask, talk, reader):
    trace = Trace.objects.get(uuid=ask("Who designed the printer?").trace)
    feedback = Feedback.objects.create(trace=trace, user=reader, verdict="down", reason="wrong")
    share = share_create(trace=trace.uuid, by=reader)
    asking_note(trace=trace, kind=Asking.Kind.REPORTED)

    (turn,) = conversation_turns(talk, by=reader)

    assert (turn.feedback, turn.share, turn.is_reported) == (feedback, share, True)


def test_a_replaced_answer_is_left_out(ask, talk, reader):
    first = Trace.objects.get(uuid=ask("Who designed the printer?").trace)

    second = ask("Who designed the printer?", replaces=first)

    assert [turn.trace for turn in conversation_turns(talk, by=reader)] == [second.trace]


def test_what_may_no_longer_be_read_is_withheld(ask, talk, reader):
    ask("Who designed the printer?")
    ask("Who invented the telephone?")
    Grant.objects.filter(user=reader).delete()

    answered, unanswered = conversation_turns(talk, by=reader)

    assert (answered.text, answered.short_answer) == (wording.WITHHELD["en"], "")
    assert (answered.citations, unanswered.nearest) == ([], [])


def test_the_number_of_queries_does_not_grow(ask, talk, reader, django_assert_num_queries):
    for question in ("Who designed the printer?", "Who invented the telephone?", "Who?"):
        ask(question)

    with django_assert_num_queries(5):
        conversation_turns(talk, by=reader)
