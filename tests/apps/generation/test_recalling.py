"""What a follow-up leans on."""

import pytest

from apps.generation.answer import answer
from apps.generation.answers import Question
from apps.generation.conversations import conversation_create
from apps.generation.recalling import recall
from apps.knowledge.deletion import document_delete
from apps.knowledge.models import Collection
from apps.knowledge.models.collections import RemoteUse

FIRST, SECOND = "How many days of paid leave do employees get?", "Who designed the printer?"


@pytest.fixture
def talk(scope, reader):
    """Two questions that were answered."""
    opened = conversation_create(by=reader)
    for text in (FIRST, SECOND):
        answer(Question(text, scope, reader, conversation=opened))
    return opened


@pytest.fixture
def recalled(scope, reader, talk):
    return lambda text="And when?", **more: recall(
        Question(text, scope, reader, conversation=talk, **more)
    )


def test_the_turns_before_come_oldest_first_without_marks(recalled):
    first, second = recalled()

    assert (first.question, second.question) == (FIRST, SECOND)
    assert "25 days" in first.answer
    assert "[1]" not in first.answer


def test_a_question_that_stands_alone_leans_on_nothing(recalled):
    assert recalled("When must travel claims be submitted after a trip?") == ()


def test_an_answer_of_a_deleted_document_is_not_recalled(recalled, knowledge, reader):
    document_delete(document=knowledge["leave.txt"], by=reader)

    assert FIRST not in [one.question for one in recalled()]


def test_a_replaced_answer_and_what_came_after_it_are_not_recalled(recalled, talk):
    assert recalled(replaces=talk.traces.earliest("pk")) == ()


@pytest.mark.parametrize(("use", "may_leave"), [("allowed", True), ("no", False)])
def test_turns_may_leave_when_all_that_was_found_for_them_may(use, may_leave, recalled, configured):
    configured("engines", remote_url="https://far.example/v1")
    Collection.objects.update(remote_use=RemoteUse(use))

    assert [one.may_leave for one in recalled()] == [may_leave, may_leave]


def test_an_answer_that_leaned_on_what_may_not_leave_stays_too(
    recalled, talk, scope, reader, configured
):
    answer(Question("And when was it designed?", scope, reader, conversation=talk))
    configured("engines", remote_url="https://far.example/v1")
    Collection.objects.update(remote_use=RemoteUse.ALLOWED)
    talk.traces.filter(question=FIRST).update(candidates=[], citations=[])

    assert [one.may_leave for one in recalled()] == [False, True, False]


def test_what_only_the_asker_remembers_never_leaves(scope, reader):
    (only,) = recall(Question("And when?", scope, reader, previous=FIRST))

    assert (only.question, only.may_leave) == (FIRST, False)
