"""Answers of the past and of this moment, when what they were drawn from is deleted."""

import pytest

from apps.core.errors import Conflict, NotFound
from apps.generation.answer import answer, answer_stream
from apps.generation.answers import Question, TokenEvent
from apps.generation.conversations import conversation_create, conversation_list
from apps.generation.engines import builtin
from apps.generation.feedback import Opinion, feedback_give
from apps.generation.models import Trace
from apps.generation.sharing import share_create, shared_answer
from apps.generation.traces import trace_get
from apps.generation.turns import conversation_turns
from apps.generation.watch import Watch
from apps.generation.wording import WITHHELD
from apps.knowledge.deletion import document_delete, version_delete
from apps.ops import erasure
from apps.retrieval.search import search
from ingest import runner
from ingest.services import TextUpload, text_submit

ASKED = "Who designed the printer?"


@pytest.fixture
def talk(reader):
    return conversation_create(by=reader)


@pytest.fixture
def answered(scope, reader, talk):
    """An answer drawn from the printer manual, with a verdict."""
    given = answer(Question(text=ASKED, scope=scope, user=reader, conversation=talk))
    feedback_give(trace=given.trace, by=reader, opinion=Opinion("down", correct_answer="Keller"))
    return given


@pytest.fixture
def delete(knowledge, reader):
    """Deletes the printer manual's only version; nothing purges it."""
    return lambda: version_delete(version=knowledge["printer.txt"].versions.get(), by=reader)


def test_a_stored_answer_is_withheld_from_the_commit_on(answered, delete, reader):
    delete()

    shown = trace_get(answered.trace, reader)
    assert (shown.answer, shown.short_answer, shown.citations) == (WITHHELD["en"], "", [])
    assert "Keller" in Trace.objects.get(uuid=answered.trace).answer  # not purged yet


def test_a_reopened_conversation_shows_neither_answer_nor_verdict(answered, delete, reader, talk):
    delete()

    (turn,) = conversation_turns(talk, by=reader)

    assert (turn.text, list(turn.citations)) == (WITHHELD["en"], [])
    assert (turn.feedback.verdict, turn.feedback.correct_answer) == ("down", "")


def test_a_shared_answer_is_closed_and_not_found_by_its_words(answered, delete, reader):
    link = share_create(trace=answered.trace, by=reader).uuid
    assert conversation_list(by=reader, query="Keller").exists()

    delete()

    assert not conversation_list(by=reader, query="Keller").exists()
    with pytest.raises(NotFound):
        shared_answer(link, by=reader)


def test_the_purge_takes_what_people_wrote_about_it(answered, delete, knowledge):
    delete()

    erasure.purge()

    trace = Trace.objects.get(uuid=answered.trace)
    assert "Keller" not in trace.answer + str(trace.citations)
    assert trace.feedback.get().correct_answer == ""


def test_an_answer_of_a_model_that_writes_is_withheld_for_whatever_it_was_given(
    answered, knowledge, reader
):
    Trace.objects.update(engine="some-model")
    document_delete(document=knowledge["leave.txt"], by=reader)  # a candidate, not cited

    assert trace_get(answered.trace, reader).answer == WITHHELD["en"]


def test_nothing_is_told_any_more_of_what_is_deleted_while_it_is_written(
    scope, reader, delete, knowledge, monkeypatch
):
    compose = builtin.compose

    def slow(*arguments, **values):
        delete()
        return compose(*arguments, **values)

    monkeypatch.setattr(builtin, "compose", slow)
    told = []

    with pytest.raises(Conflict) as refused:
        told.extend(answer_stream(Question(text=ASKED, scope=scope, user=reader)))

    assert refused.value.code == "source_deleted"
    assert [one for one in told if isinstance(one, TokenEvent)] == []


def test_who_writes_an_answer_that_is_ended_is_let_go(scope, delete):
    is_let_go = []

    def writing():
        try:
            yield from ("Anna ", "Keller.")
        finally:
            is_let_go.append(True)

    told = Watch(scope).guarding(writing(), search(ASKED, scope=scope))
    next(told)
    delete()
    with pytest.raises(Conflict) as _ended:  # held, with all its frames
        next(told)

    assert is_let_go


def test_a_passage_that_is_replaced_and_then_deleted_ends_the_answer_too(
    scope, reader, knowledge, collection
):
    found, watch = search(ASKED, scope=scope), Watch(scope)
    printer = knowledge["printer.txt"]
    text_submit(collection=collection, text=TextUpload(path=printer.path, text="New."), by=reader)
    runner.drain()
    watch.check(found)  # being replaced is no reason

    version_delete(version=printer.versions.get(number=1), by=reader)

    with pytest.raises(Conflict):
        watch.check(found)
