"""Drafts from documents and from what was asked; what becomes of them."""

import pytest

from apps.accounts import leaving
from apps.core.errors import Forbidden
from apps.evaluation.drafting import patterns_en, patterns_zh
from apps.evaluation.drafting.drafts import Drafting, golden_questions_draft
from apps.evaluation.forgetting import drafts_of_gone_askings_forget
from apps.evaluation.golden_questions import golden_question_list, golden_questions_take
from apps.evaluation.golden_sets import golden_set_default
from apps.evaluation.harvesting import golden_questions_harvest
from apps.evaluation.models import GoldenQuestion
from apps.generation.answer import answer
from apps.generation.answers import Question
from apps.generation.feedback import Opinion, feedback_give
from apps.generation.models import Trace
from apps.knowledge.access import Scope
from apps.knowledge.models import Grant, Permission
from tests.apps.generation.conftest import collection, knowledge, reader
from tests.engine_fixtures import configured, engine_server, local_model, server
from tests.factories import UserFactory

__all__ = [
    "collection",
    "configured",
    "engine_server",
    "knowledge",
    "local_model",
    "reader",
    "server",
]
pytestmark = pytest.mark.django_db


@pytest.fixture
def curator(collection):
    person = UserFactory()
    Grant.objects.create(collection=collection, user=person, permission=Permission.MANAGE)
    return person


@pytest.fixture
def golden(collection, knowledge):
    return golden_set_default(collection)


def asked(text, by):
    return answer(Question(text=text, scope=Scope.of(by), user=by)).trace


@pytest.mark.parametrize(
    ("sentence", "question", "answer"),
    [
        (
            "Employees get 25 days of paid leave a year.",
            "How many days of paid leave do employees get a year?",
            "25 days",
        ),
        (
            "The printer was designed by Anna Keller in 2014.",
            "By whom was the printer designed?",
            "Anna Keller",
        ),
        ("The canteen opens at noon.", "When does the canteen open?", "at noon"),
        ("It was closed by the board.", None, None),
    ],
)
def test_an_english_sentence_gives_the_question_that_it_answers(sentence, question, answer):
    assert next(patterns_en.pairs_of(sentence, "T"), (None, None)) == (question, answer)


@pytest.mark.parametrize(
    ("sentence", "question", "answer"),
    [
        ("审批由部门经理负责。", "审批由谁负责？", "部门经理"),
        ("住宿费标准为每晚500元。", "住宿费标准为多少？", "每晚500元"),
        (
            "报销单应在出差结束后10个工作日内提交。",
            "报销单应在什么时间提交？",
            "出差结束后10个工作日内",
        ),
        ("会议室预订不得超过4小时。", "会议室预订不得超过多少？", "4小时"),
        ("其由部门经理负责。", None, None),
    ],
)
def test_a_chinese_sentence_gives_the_question_that_it_answers(sentence, question, answer):
    assert next(patterns_zh.pairs_of(sentence, "T"), (None, None)) == (question, answer)


def test_drafts_come_from_documents_and_the_reader_answers_them(golden, curator):
    told = golden_questions_draft(golden_set=golden, by=curator, wanted=Drafting(limit_s=60.0))

    drafts = golden_question_list(by=curator, is_draft=True)
    assert told.added == len(drafts) >= 2
    assert all(draft.answers[0] in draft.evidence for draft in drafts)
    assert {draft.origin for draft in drafts} == {"document"}


def test_a_draft_is_asked_once_it_was_taken(golden, curator):
    golden_questions_draft(golden_set=golden, by=curator, wanted=Drafting(limit_s=60.0))
    assert not golden_question_list(by=curator)

    taken = golden_questions_take(questions=GoldenQuestion.objects.all(), by=curator)

    assert taken == len(golden_question_list(by=curator)) > 0


def test_a_language_model_of_the_house_writes_them_where_there_is_one(golden, curator, local_model):
    local_model.tell(["Q: Who designed the printer?\n", "A: Anna Keller"])

    told = golden_questions_draft(golden_set=golden, by=curator, wanted=Drafting(wanted=1))

    assert told.model == "scripted"
    assert GoldenQuestion.objects.get().text == "Who designed the printer?"


def test_readers_draft_nothing(golden, reader):
    with pytest.raises(Forbidden):
        golden_questions_draft(golden_set=golden, by=reader, wanted=Drafting())


def test_what_askers_corrected_and_what_was_left_open_is_harvested(golden, curator, reader):
    corrected = asked("Who designed the printer?", reader)
    feedback_give(trace=corrected, by=reader, opinion=Opinion("down", correct_answer="Anna K."))
    told = golden_questions_harvest(golden_set=golden, by=curator)

    draft = GoldenQuestion.objects.get()
    assert (told.feedback, draft.origin, draft.answers) == (1, "feedback", ["Anna K."])
    assert golden_questions_harvest(golden_set=golden, by=curator).known == 1


def test_praised_answers_are_harvested_by_superusers_only(golden, curator, reader):
    praised = asked("Who designed the printer?", reader)
    feedback_give(trace=praised, by=reader, opinion=Opinion("up"))

    assert golden_questions_harvest(golden_set=golden, by=curator).feedback == 0
    root = UserFactory(is_superuser=True)
    assert golden_questions_harvest(golden_set=golden, by=root).feedback == 1
    assert [one.path for one in GoldenQuestion.objects.get().documents.all()] == ["printer.txt"]


def test_a_draft_goes_with_the_data_of_who_asked(golden, curator, reader):
    trace = asked("How many litres of paint are there?", reader)
    feedback_give(trace=trace, by=reader, opinion=Opinion("down", correct_answer="Nine."))
    golden_questions_harvest(golden_set=golden, by=curator)

    forgotten = sum(forget(reader) for forget in leaving.registered().values())

    assert forgotten == 1
    assert not GoldenQuestion.objects.exists()


def test_a_draft_goes_with_the_question_that_it_came_from(golden, curator, reader):
    trace = asked("How many litres of paint are there?", reader)
    feedback_give(trace=trace, by=reader, opinion=Opinion("down", correct_answer="Nine."))
    golden_questions_harvest(golden_set=golden, by=curator)
    Trace.objects.all().delete()

    assert drafts_of_gone_askings_forget() == 1
