"""Who may write curated answers, and what must be in them."""

import pytest

from apps.core.errors import Conflict, Forbidden, Invalid, NotFound
from apps.generation.curated import writing
from apps.generation.curated.writing import SourceDraft, curated_answer_save
from apps.knowledge.deletion import collection_delete
from apps.knowledge.models import Grant, Permission
from apps.ops import erasure
from ingest import runner
from ingest.services import TextUpload, text_submit
from tests.apps.generation.curated.conftest import QUOTE
from tests.factories import CollectionFactory, UserFactory

pytestmark = pytest.mark.django_db


def test_writers_may_not_and_strangers_find_nothing(draft, reader):
    with pytest.raises(Forbidden):
        curated_answer_save(by=reader, draft=draft())
    with pytest.raises(NotFound):
        curated_answer_save(by=UserFactory(), draft=draft())


@pytest.mark.parametrize(
    "changes", [{"text": " "}, {"questions": [" "]}, {"sources": []}, {"text": "x" * 9000}]
)
def test_an_incomplete_answer_is_refused(changes, draft, curator):
    with pytest.raises(Invalid):
        curated_answer_save(by=curator, draft=draft(**changes))


@pytest.mark.parametrize("quote", ["Hold the blue button", "hold the GREEN button", " "])
def test_a_quote_must_stand_in_its_document_word_for_word(quote, draft, curator, knowledge):
    source = SourceDraft(knowledge["printer.txt"].uuid, quote)

    with pytest.raises(Invalid):
        curated_answer_save(by=curator, draft=draft(sources=[source]))


def test_a_source_that_the_curator_may_not_read_is_refused(draft, curator, knowledge):
    source = SourceDraft(CollectionFactory().uuid, QUOTE)

    with pytest.raises(Invalid):
        curated_answer_save(by=curator, draft=draft(sources=[source]))


def test_a_question_has_one_curated_answer_in_its_collection(saved):
    saved()

    with pytest.raises(Conflict):
        saved(questions=["Another?", "how do I restart the machine"])


def test_phrasings_that_differ_in_layout_are_kept_once(saved):
    row = saved(questions=["How?", "how ?", "Why?"])

    assert [one.text for one in row.questions.all()] == ["How?", "Why?"]


def test_a_curator_lists_changes_and_deletes_only_their_own_collections_answers(saved, curator):
    row = saved()
    other = UserFactory()

    assert list(writing.curated_answer_list(by=curator)) == [row]
    assert list(writing.curated_answer_list(by=other)) == []
    with pytest.raises(NotFound):
        writing.curated_answer_delete(answer=row, by=other)


def test_a_curator_who_may_not_read_a_source_does_not_see_the_answer(saved, curator, collection):
    secret = CollectionFactory(writers=[curator])
    upload = TextUpload(path="s.txt", title="S", text="The machine restarts at night.")
    hidden = text_submit(collection=secret, text=upload, by=curator).document
    runner.drain()
    row = saved(sources=[SourceDraft(hidden.uuid, "restarts at night")])
    other = UserFactory()
    Grant.objects.create(collection=collection, user=other, permission=Permission.MANAGE)

    assert list(writing.curated_answer_list(by=other)) == []
    assert list(writing.curated_answer_list(by=curator)) == [row]


def test_an_answer_is_not_used_again_beside_another_to_its_question(saved, curator):
    row = saved()
    writing.curated_answer_use(answer=row, by=curator, is_active=False)
    saved(text="Unplug it.")

    with pytest.raises(Conflict):
        writing.curated_answer_use(answer=row, by=curator, is_active=True)


def test_an_answer_without_sources_cannot_be_used_again(saved, curator):
    row = saved()
    row.sources.all().delete()

    with pytest.raises(Invalid):
        writing.curated_answer_use(answer=row, by=curator, is_active=True)


def test_what_curators_wrote_goes_with_its_collection(saved, curator, collection):
    saved()
    receipt = collection_delete(collection=collection, by=curator)

    erasure.purge()

    receipt.refresh_from_db()
    assert receipt.counts["curated"] > 0
    assert not writing.CuratedAnswer.objects.exists()
