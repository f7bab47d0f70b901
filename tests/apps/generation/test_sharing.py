"""Shared answers are for those who may read all their sources."""

import pytest

from apps.core.errors import NotFound
from apps.generation import traces
from apps.generation.answer import answer
from apps.generation.answers import Question
from apps.generation.models import Share, Trace
from apps.generation.sharing import share_create, share_delete, shared_answer
from apps.knowledge.deletion import document_delete
from apps.knowledge.models import Grant, Permission
from tests.factories import UserFactory


@pytest.fixture
def given(scope, reader):
    """An answer drawn from the printer manual."""
    return answer(Question("Who designed the printer?", scope=scope, user=reader))


@pytest.fixture
def colleague(collection):
    user = UserFactory(first_name="Ann", last_name="Lee")
    Grant.objects.create(collection=collection, user=user, permission=Permission.READ)
    return user


def test_a_colleague_with_the_same_rights_reads_it(given, reader, colleague):
    share = share_create(trace=given.trace, by=reader)

    shown = shared_answer(share.uuid, by=colleague)

    assert (shown.question, shown.text) == ("Who designed the printer?", given.text)
    assert shown.citations[0]["quote"] == given.citations[0].quote
    assert (shown.shared_by, shown.is_own) == (reader.username, False)


def test_whoever_may_not_read_a_source_learns_nothing(given, reader):
    share = share_create(trace=given.trace, by=reader)

    with pytest.raises(NotFound) as refused:
        shared_answer(share.uuid, by=UserFactory())

    assert refused.value.code == "sources_not_readable"
    assert "printer" not in refused.value.message


def test_a_deleted_source_takes_the_answer_away_at_once(given, reader, colleague, knowledge):
    share = share_create(trace=given.trace, by=reader)

    document_delete(document=knowledge["printer.txt"], by=reader)

    with pytest.raises(NotFound):
        shared_answer(share.uuid, by=colleague)


def test_after_the_purge_it_says_that_it_was_removed(given, reader, colleague, knowledge):
    share = share_create(trace=given.trace, by=reader)
    traces.forget_versions([knowledge["printer.txt"].versions.get().pk])

    shown = shared_answer(share.uuid, by=colleague)

    assert shown.is_removed
    assert "Keller" not in shown.text
    assert shown.citations == []


def test_an_unanswered_question_needs_no_rights(scope, reader):
    given = answer(Question("Who invented the telephone?", scope=scope, user=reader))
    share = share_create(trace=given.trace, by=reader)

    shown = shared_answer(share.uuid, by=UserFactory())

    assert (shown.question, shown.is_answered) == ("Who invented the telephone?", False)


def test_sharing_twice_keeps_the_link(given, reader):
    first = share_create(trace=given.trace, by=reader)

    assert share_create(trace=given.trace, by=reader) == first


def test_an_ended_share_leads_nowhere(given, reader, colleague):
    share = share_create(trace=given.trace, by=reader)

    share_delete(trace=given.trace, by=reader)
    share_delete(trace=given.trace, by=reader)

    with pytest.raises(NotFound):
        shared_answer(share.uuid, by=colleague)


@pytest.mark.parametrize("act", [share_create, share_delete])
def test_only_ones_own_answers_are_shared(act, given):
    with pytest.raises(NotFound):
        act(trace=given.trace, by=UserFactory(is_superuser=True))
    assert not Share.objects.exists()


def test_a_search_is_not_shared(reader):
    trace = Trace.objects.create(user=reader, question="x", kind=Trace.Kind.SEARCH)

    with pytest.raises(NotFound):
        share_create(trace=trace.uuid, by=reader)
