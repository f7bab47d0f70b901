"""Traces: what is kept, who sees it, how it is forgotten."""

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.core.errors import Invalid, NotFound
from apps.core.version import VERSION
from apps.generation import tasks, traces, wording
from apps.generation.answer import answer
from apps.generation.answers import Question
from apps.generation.conversations import conversation_create, conversation_delete
from apps.generation.models import Asking, Conversation, OpenQuestion, Trace, TraceSource
from apps.generation.open_questions import asking_note
from apps.knowledge.models import Grant, Version, VersionState
from apps.retrieval.search import search
from tests.factories import CollectionFactory, UserFactory


@pytest.fixture
def answered(scope, reader):
    """An answer drawn from the printer manual."""
    return answer(Question(text="Who designed the printer?", scope=scope, user=reader))


def test_a_trace_holds_how_the_answer_came_about(answered):
    trace = Trace.objects.get(uuid=answered.trace)

    assert trace.answer == answered.text
    assert trace.engine == "builtin"
    assert trace.model_sha256
    assert {"search", "write", "total"} <= trace.timings_ms.keys()
    assert {"chunk", "document", "version", "legs", "score"} <= trace.candidates[0].keys()


def test_a_trace_tells_the_versions_of_all_that_took_part(answered):
    trace = Trace.objects.get(uuid=answered.trace)

    made = trace.made_with
    assert made["program"] == VERSION
    assert len(made["embedder_sha256"]) == len(made["reader_sha256"]) == 64
    assert made["considered"]["read"] >= 1
    assert isinstance(trace.candidates[0]["relevance"], float)


def test_a_trace_counts_what_rights_left_out_whatever_was_asked(scope, reader):
    CollectionFactory.create_batch(2)
    asked = ["Who designed the printer?", "the vault code is 42"]

    given = [answer(Question(text=text, scope=scope, user=reader)) for text in asked]

    traces_of = Trace.objects.filter(uuid__in=[one.trace for one in given])
    hidden = [trace.made_with["left_out"]["collections"] for trace in traces_of]
    assert hidden[0] == hidden[1] >= 2


def test_a_trace_is_shown_to_its_owner_and_to_superusers(answered, reader):
    superuser = UserFactory(is_superuser=True)

    assert traces.trace_get(answered.trace, reader).answer == answered.text
    assert traces.trace_get(answered.trace, superuser).answer == answered.text


def test_a_trace_is_hidden_from_other_users(answered):
    with pytest.raises(NotFound):
        traces.trace_get(answered.trace, UserFactory())


def test_what_the_owner_may_no_longer_read_is_withheld(answered, reader):
    Grant.objects.filter(user=reader).delete()

    shown = traces.trace_get(answered.trace, reader)

    assert shown.citations == []
    assert shown.candidates == []
    assert shown.answer == wording.WITHHELD["en"]


def test_a_search_is_traced_with_its_candidates(scope, reader):
    found = search("printer", scope=scope)

    trace = traces.trace_record_search(user=reader, query="printer", scope=scope, found=found)

    assert trace.kind == Trace.Kind.SEARCH
    assert len(trace.candidates) == len(found.hits)


def test_forgetting_a_version_removes_its_words_and_keeps_the_rest(answered, knowledge):
    manual = knowledge["printer.txt"].versions.get()

    traces.forget_versions([manual.pk])

    trace = Trace.objects.get(uuid=answered.trace)
    assert trace.answer == wording.REMOVED["en"]
    assert trace.citations == []
    assert str(manual.uuid) not in {one["version"] for one in trace.candidates}


def test_forgetting_an_uncited_version_keeps_the_answer(answered, knowledge):
    leave = knowledge["leave.txt"].versions.get()

    traces.forget_versions([leave.pk])

    assert Trace.objects.get(uuid=answered.trace).answer == answered.text


def test_forgetting_again_changes_nothing(answered, knowledge):
    manual = knowledge["printer.txt"].versions.get()
    assert traces.forget_versions([manual.pk]) == 1

    assert traces.forget_versions([manual.pk]) == 0


def test_a_version_deleted_while_asking_leaves_no_words_in_the_trace(knowledge, scope, reader):
    found = search("Who designed the printer?", scope=scope)
    Version.objects.update(state=VersionState.DEAD, erased_at=timezone.now())

    trace = traces.trace_record_search(user=reader, query="printer", scope=scope, found=found)

    assert trace.candidates == []
    assert not TraceSource.objects.filter(trace=trace).exists()


def test_old_traces_are_forgotten_and_fresh_ones_kept(reader):
    old = Trace.objects.create(user=reader, question="old")
    Trace.objects.filter(pk=old.pk).update(created_at=timezone.now() - timedelta(days=91))
    fresh = Trace.objects.create(user=reader, question="fresh")

    forgotten = tasks.forget_old_traces()

    assert forgotten == 1
    assert list(Trace.objects.all()) == [fresh]


def test_a_conversation_that_retention_empties_goes_with_its_open_question(reader):
    talk = conversation_create(by=reader, title="old")
    old = Trace.objects.create(user=reader, question="old", conversation=talk)
    asking_note(trace=old, kind=Asking.Kind.UNANSWERED)
    long_ago = timezone.now() - timedelta(days=91)
    Trace.objects.update(created_at=long_ago)
    Conversation.objects.update(updated_at=long_ago)
    fresh = conversation_create(by=reader)

    tasks.forget_old_traces()

    assert list(Conversation.objects.all()) == [fresh]
    assert not OpenQuestion.objects.exists()


def test_an_answer_replaces_an_earlier_one_of_its_conversation(scope, reader):
    talk = conversation_create(by=reader)
    first = answer(Question("Who?", scope=scope, user=reader, conversation=talk))
    replaced = traces.trace_replaceable(first.trace, conversation=talk, by=reader)

    answer(Question("Who?", scope=scope, user=reader, conversation=talk, replaces=replaced))

    assert Trace.objects.get(uuid=first.trace).is_replaced
    assert talk.traces.filter(is_replaced=False).count() == 1


def test_only_an_own_answer_of_the_conversation_is_replaced(answered, reader):
    talk = conversation_create(by=reader)

    with pytest.raises(NotFound):
        traces.trace_replaceable(answered.trace, conversation=talk, by=reader)
    with pytest.raises(Invalid):
        traces.trace_replaceable(answered.trace, conversation=None, by=reader)


def test_a_conversation_deleted_while_asking_keeps_nothing(scope, reader):
    talk = conversation_create(by=reader)
    question = Question("Who designed the printer?", scope=scope, user=reader, conversation=talk)
    conversation_delete(conversation=talk, by=reader)

    with pytest.raises(NotFound):
        answer(question)

    assert not Trace.objects.exists()
