"""Curated answers are served first, and step aside when they must."""

import pytest

from apps.generation.conversations import conversation_create
from apps.generation.curated import serving, writing
from apps.generation.curated.catalogue import catalogue
from apps.generation.curated.serving import with_marks
from apps.generation.curated.writing import SourceDraft
from apps.generation.models import OpenQuestion, Trace, TraceSource
from apps.knowledge.deletion import document_delete
from apps.knowledge.models import Chunk, Page
from apps.ops import erasure
from apps.retrieval import indexer
from apps.retrieval.protocols import Filters
from ingest import runner
from ingest.services import TextUpload, text_submit
from tests.apps.generation.curated.conftest import QUOTE
from tests.factories import CollectionFactory, UserFactory

pytestmark = pytest.mark.django_db
QUESTION = "How do I restart the machine?"


@pytest.mark.parametrize(
    "text", [QUESTION, "how do i restart THE machine", "How to restart the machine?"]
)
def test_its_question_and_much_the_same_one_are_answered_by_it(text, saved, ask):
    saved()

    given = ask(text)

    assert given.engine == "curated"
    assert given.text == "Press the green button for five seconds. [1]"
    assert (given.is_answered, given.confidence) == (True, 1.0)
    assert not OpenQuestion.objects.exists()


def test_a_chinese_question_is_answered_by_it(saved, ask):
    saved(questions=["打印机怎么重启？"], text="按住绿色按钮五秒。")

    given = ask("请问如何重启打印机")

    assert (given.engine, given.text) == ("curated", "按住绿色按钮五秒。 [1]")


def test_another_question_is_answered_from_the_documents(saved, ask):
    saved()

    assert ask("Who designed the printer?").engine == "builtin"


def test_its_citation_is_an_exact_span_and_is_traced(saved, ask, knowledge):
    saved()

    given = ask(QUESTION)

    cited = given.citations[0]
    text = Page.objects.get(version__uuid=cited.version).text
    assert text[cited.start : cited.end] == cited.quote == QUOTE
    assert (cited.document, cited.support) == (knowledge["printer.txt"].uuid, "supported")
    assert Trace.objects.get().citations[0]["quote"] == QUOTE
    assert TraceSource.objects.get().version_uuid == cited.version


def test_how_often_it_was_served_is_counted(saved, ask):
    row = saved()
    before = row.updated_at

    ask(QUESTION)

    row.refresh_from_db()
    assert (row.served_count, row.updated_at) == (1, before)


def test_a_changed_answer_is_served_changed_at_once(saved, ask, draft, curator):
    row = saved()
    ask(QUESTION)

    writing.curated_answer_save(by=curator, draft=draft(text="Unplug it."), answer=row)

    assert ask(QUESTION).text == "Unplug it. [1]"


def test_an_answer_out_of_use_is_not_served(saved, ask, curator):
    row = saved()
    ask(QUESTION)

    writing.curated_answer_use(answer=row, by=curator, is_active=False)

    assert ask(QUESTION).engine == "builtin"


def test_an_evaluation_never_gets_it(saved, ask):
    saved()

    assert ask(QUESTION, is_trial=True).engine == "builtin"


def test_a_stranger_to_the_collection_never_gets_it(saved, ask):
    saved()

    assert not ask(QUESTION, user=UserFactory()).is_answered


def test_who_may_not_read_a_source_does_not_get_it(saved, ask, draft, curator, reader):
    secret = CollectionFactory(writers=[curator])
    upload = TextUpload(path="s.txt", title="S", text="The machine restarts at night.")
    hidden = text_submit(collection=secret, text=upload, by=curator).document
    runner.drain()
    saved(sources=[SourceDraft(hidden.uuid, "restarts at night")])

    assert ask(QUESTION).engine == "builtin"
    assert ask(QUESTION, user=curator).engine == "curated"


def test_a_source_that_is_deleted_while_it_is_looked_up_is_not_told(
    saved, ask, knowledge, reader, monkeypatch
):
    saved()
    read_hits = serving.read_hits

    def deleted_just_before(ranked, *, scope):
        document_delete(document=knowledge["printer.txt"], by=reader)
        return read_hits(ranked, scope=scope)

    monkeypatch.setattr(serving, "read_hits", deleted_just_before)

    assert "green button" not in ask(QUESTION).text
    assert not Trace.objects.filter(answer__contains="green button").exists()


def push(collection, reader, text):
    upload = TextUpload(path="printer.txt", title="Printer manual", text=text)
    text_submit(collection=collection, text=upload, by=reader)
    runner.drain()
    indexer.catch_up()


def test_a_quote_is_found_again_in_a_new_version(saved, ask, collection, reader):
    saved()
    push(collection, reader, f"New edition. {QUOTE}, then wait.")

    cited = ask(QUESTION).citations[0]

    assert (cited.start, cited.quote) == (13, QUOTE)


def test_it_steps_aside_when_the_source_says_something_else_now(
    saved, ask, collection, reader, scope
):
    row = saved()
    push(collection, reader, "Hold the red button for nine seconds.")

    assert ask(QUESTION).engine == "builtin"
    assert writing.stepping_aside([row], scope=scope) == {row.pk}


def test_it_steps_aside_when_its_passage_is_kept_out_of_search(saved, ask):
    saved()
    Chunk.objects.update(is_excluded=True)

    assert ask(QUESTION).engine != "curated"


def test_it_steps_aside_when_the_question_is_narrowed_to_other_documents(saved, ask, knowledge):
    saved()
    elsewhere = Filters(documents=(knowledge["leave.txt"].uuid,))
    there = Filters(documents=(knowledge["printer.txt"].uuid,))

    assert ask(QUESTION, filters=elsewhere).engine == "builtin"
    assert ask(QUESTION, filters=there).engine == "curated"


def test_a_follow_up_is_not_taken_for_a_question_that_looks_alike(saved, ask, reader):
    saved(questions=["Who designed the printer?"], text="Anna Keller.")
    talk = conversation_create(by=reader)

    first = ask("Who designed the printer?", conversation=talk)
    second = ask("And when?", conversation=talk)

    assert (first.engine, second.engine) == ("curated", "builtin")
    assert "2014" in second.text


def test_erasing_its_only_source_takes_quote_and_use(saved, ask, curator, knowledge, scope):
    row = saved()
    document_delete(document=knowledge["printer.txt"], by=curator)
    assert ask(QUESTION).engine != "curated"

    erasure.purge()

    row.refresh_from_db()
    assert (row.is_active, row.sources.count()) == (False, 0)


def test_copies_of_a_text_in_two_documents_are_both_traced(saved, ask, collection, reader):
    text = "The vault opens at nine."
    copies = [
        text_submit(collection=collection, text=TextUpload(path=p, title=p, text=text), by=reader)
        for p in ("a.txt", "b.txt")
    ]
    runner.drain()
    saved(sources=[SourceDraft(copy.document.uuid, "opens at nine") for copy in copies])

    ask(QUESTION)

    assert TraceSource.objects.count() == 2


def test_erasing_one_of_two_sources_takes_it_out_of_use(saved, ask, curator, knowledge):
    two = [
        SourceDraft(knowledge["printer.txt"].uuid, QUOTE),
        SourceDraft(knowledge["leave.txt"].uuid, "Unused days lapse"),
    ]
    row = saved(sources=two)
    document_delete(document=knowledge["leave.txt"], by=curator)

    erasure.purge()

    row.refresh_from_db()
    assert (row.is_active, [one.quote for one in row.sources.all()]) == (False, [QUOTE])
    assert ask(QUESTION).engine != "curated"


def test_without_curated_answers_looking_costs_one_query(django_assert_num_queries):
    with django_assert_num_queries(1):
        assert not catalogue().entries


@pytest.mark.parametrize(
    ("text", "shown"),
    [("Yes.", "Yes. [1] [2]"), ("Yes [2]. No.", "Yes [2]. No."), ("Yes [7].", "Yes. [1] [2]")],
)
def test_marks_of_sources_are_put_at_the_end_unless_they_are_there(text, shown):
    assert with_marks(text, 2) == shown
