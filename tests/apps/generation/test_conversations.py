"""Conversations belong to one user."""

from uuid import uuid4

import pytest

from apps.core.errors import Invalid, NotFound
from apps.generation import conversations
from apps.generation.answer import answer
from apps.generation.answers import Question
from apps.generation.models import (
    Asking,
    Conversation,
    Feedback,
    OpenQuestion,
    Share,
    Trace,
)
from apps.generation.open_questions import asking_note
from apps.generation.turns import conversation_turns
from apps.knowledge.models import Grant
from tests.factories import CollectionFactory, UserFactory


@pytest.fixture
def owner(db):
    return UserFactory()


@pytest.fixture
def talk(owner):
    return conversations.conversation_create(by=owner)


def asked(talk, question="Who?", **values):
    return Trace.objects.create(user=talk.user, question=question, conversation=talk, **values)


def test_a_user_lists_only_their_own(owner, talk):
    conversations.conversation_create(by=UserFactory())

    assert list(conversations.conversation_list(by=owner)) == [talk]


def test_another_users_is_neither_read_nor_changed_nor_deleted(owner):
    theirs = conversations.conversation_create(by=UserFactory())

    with pytest.raises(NotFound):
        conversations.conversation_get(uuid=theirs.uuid, by=owner)
    with pytest.raises(NotFound):
        conversations.conversation_update(conversation=theirs, by=owner, title="Mine")
    with pytest.raises(NotFound):
        conversations.conversation_delete(conversation=theirs, by=owner)
    assert conversations.conversations_delete(uuids=[theirs.uuid], by=owner) == 0


def test_deleting_takes_everything_along(owner, talk):
    trace = asked(talk)
    Feedback.objects.create(trace=trace, user=owner, verdict="down")
    Share.objects.create(trace=trace)
    asking_note(trace=trace, kind=Asking.Kind.UNANSWERED)

    conversations.conversation_delete(conversation=talk, by=owner)

    for kind in (Conversation, Trace, Feedback, Share, Asking, OpenQuestion):
        assert not kind.objects.exists(), kind


def test_an_open_question_that_others_asked_too_stays(owner, talk):
    for conversation in (talk, conversations.conversation_create(by=UserFactory())):
        asking_note(trace=asked(conversation), kind=Asking.Kind.UNANSWERED)

    conversations.conversation_delete(conversation=talk, by=owner)

    assert OpenQuestion.objects.get().askings.count() == 1


def test_all_of_ones_own_are_deleted_at_once_and_nobody_elses(owner, talk):
    theirs = conversations.conversation_create(by=UserFactory())
    conversations.conversation_create(by=owner)

    assert conversations.conversations_delete(uuids=None, by=owner) == 2
    assert list(Conversation.objects.all()) == [theirs]


def test_renaming_keeps_the_place_in_the_list(owner, talk):
    latest = conversations.conversation_create(by=owner)

    conversations.conversation_update(conversation=talk, by=owner, title="  Hotels ")

    listed = list(conversations.conversation_list(by=owner))
    assert listed == [latest, talk]
    assert listed[1].title == "Hotels"


def test_a_title_has_at_least_a_letter(owner, talk):
    with pytest.raises(Invalid):
        conversations.conversation_update(conversation=talk, by=owner, title=" ")


def test_it_is_narrowed_to_what_may_be_read_only(owner, talk):
    readable, secret = CollectionFactory(readers=[owner]), CollectionFactory()
    narrowing = {"collections": [str(readable.uuid)]}

    changed = conversations.conversation_update(conversation=talk, by=owner, narrowing=narrowing)

    assert changed.narrowing == narrowing
    with pytest.raises(NotFound):
        conversations.conversation_create(by=owner, narrowing={"collections": [str(secret.uuid)]})


@pytest.mark.parametrize(
    ("query", "is_found"),
    [("paris", True), ("180 PARIS", True), ("住宿", True), ("trips", True), ("100%", False),
     ("paris berlin", False), ("replaced", False), ("  ", True)],
)  # fmt: skip
def test_search_wants_every_word_somewhere(owner, talk, query, is_found):
    conversations.conversation_update(conversation=talk, by=owner, title="Trips")
    asked(talk, "What may a hotel in Paris cost?", answer="At most 180 euros.")
    asked(talk, "住宿标准是多少？")
    asked(talk, "A replaced one", is_replaced=True)

    assert conversations.conversation_list(by=owner, query=query).exists() is is_found


def test_answers_from_what_may_no_longer_be_read_are_not_searched(reader, scope):
    talk = conversations.conversation_create(by=reader)
    answer(Question("Who designed it, the printer?", scope=scope, user=reader, conversation=talk))
    assert conversations.conversation_list(by=reader, query="Keller").exists()

    Grant.objects.filter(user=reader).delete()

    assert not conversations.conversation_list(by=reader, query="Keller").exists()
    assert conversations.conversation_list(by=reader, query="printer").exists()


def test_the_history_tells_what_a_conversation_holds(owner, talk, django_assert_num_queries):
    conversations.conversation_create(by=owner, title="nothing asked in it")
    asked(talk, "First?")
    asked(talk, "Second?", is_replaced=True)
    Share.objects.create(trace=asked(talk, "Third?"))

    with django_assert_num_queries(1):
        (row,) = conversations.conversation_history(by=owner)

    assert (row.turn_count, row.share_count) == (2, 1)
    assert (row.first_question, row.last_question) == ("First?", "Third?")


def test_the_previous_question_is_one_that_still_stands(talk):
    asked(talk, "First?")
    second = asked(talk, "Second?")
    asked(talk, "Third?", is_replaced=True)

    assert conversations.previous_question(talk) == "Second?"
    assert conversations.previous_question(talk, before=second) == "First?"


def test_an_answer_given_again_stays_in_its_turn(owner, talk):
    asked(talk, "First?", is_replaced=True)
    second = asked(talk, "Second?")
    asked(talk, "First?", search_query="First, again?")

    assert [turn.question for turn in conversation_turns(talk, by=owner)] == ["First?", "Second?"]
    assert conversations.previous_question(talk) == "Second?"
    assert conversations.previous_question(talk, before=second) == "First, again?"


def test_a_named_conversation_is_opened_once_and_resumed(owner):
    uuid = uuid4()

    first = conversations.conversation_resume(uuid=uuid, by=owner)

    assert conversations.conversation_resume(uuid=uuid, by=owner) == first


def test_a_turn_belongs_to_its_conversation(owner, talk):
    trace = asked(talk)

    assert conversations.has_turn(conversation=talk.uuid, trace=trace.uuid)
    assert not conversations.has_turn(conversation=uuid4(), trace=trace.uuid)


def test_a_title_given_while_an_answer_is_written_stays(talk, owner):
    conversations.conversation_update(conversation=talk, by=owner, title="Travel")

    conversations.turn_add(talk, "How far may I go?")

    talk.refresh_from_db()
    assert talk.title == "Travel"


def test_a_search_costs_the_same_queries_for_any_number_of_words(
    talk, owner, django_assert_num_queries
):
    asked(talk, "one two three four five")

    for query in ("one", "one two three four five"):
        with django_assert_num_queries(2):
            assert list(conversations.conversation_list(by=owner, query=query)) == [talk]
