"""Golden questions: who collects them, and an evaluation with them in place."""

import pytest

from apps.accounts.models import User
from apps.core.errors import Conflict, Forbidden, Invalid, NotFound
from apps.evaluation.golden_questions import (
    GoldenDraft,
    golden_question_add,
    golden_question_list,
    golden_question_remove,
)
from apps.evaluation.in_place import run_in_place
from apps.evaluation.models import GoldenQuestion
from apps.generation.models import OpenQuestion, Trace
from apps.knowledge.models import Grant, Permission
from tests.apps.generation.conftest import collection, knowledge, reader
from tests.factories import UserFactory

__all__ = ["collection", "knowledge", "reader"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def curator(collection):
    person = UserFactory()
    Grant.objects.create(collection=collection, user=person, permission=Permission.MANAGE)
    return person


@pytest.fixture
def add(collection, curator, knowledge):
    def adding(text, answers=(), path="printer.txt", by=curator):
        documents = [knowledge[path].uuid] if answers else []
        draft = GoldenDraft(collection, text, answers, documents)
        return golden_question_add(by=by, draft=draft)

    return adding


def test_only_who_manages_the_collection_adds_and_sees_them(add, curator, reader):
    row = add("Who designed the printer?", ["Anna Keller"])

    with pytest.raises(Forbidden):
        add("Why?", by=reader)
    assert list(golden_question_list(by=curator)) == [row]
    assert list(golden_question_list(by=reader)) == []


def test_a_question_is_added_once(add):
    add("Who designed the printer?", ["Anna Keller"])

    with pytest.raises(Conflict):
        add(" Who designed the printer? ")


def test_a_question_too_long_for_an_index_is_refused(add):
    with pytest.raises(Invalid):
        add("".join(chr(0x4E00 + n) for n in range(1200)))


def test_an_answer_needs_its_document(collection, curator):
    with pytest.raises(Invalid):
        golden_question_add(by=curator, draft=GoldenDraft(collection, "Who?", ["Anna"]))


def test_another_curator_removes_nothing(add, curator):
    row = add("Who designed the printer?", ["Anna Keller"])
    with pytest.raises(NotFound):
        golden_question_remove(uuid=row.uuid, by=UserFactory())

    golden_question_remove(uuid=row.uuid, by=curator)

    assert not GoldenQuestion.objects.exists()


def test_an_evaluation_in_place_tells_what_is_found_and_right(add, collection):
    add("Who designed the printer?", ["Anna Keller"])
    add("员工出差的住宿费标准是多少？", ["每晚500元"], "travel.txt")
    add("What is the capital of Peru?")

    figures = run_in_place(collection.name, progress=lambda stage, done, total: None)

    shares = ("recall_at_1", "answered", "answer_right", "refused")
    assert {name: figures[name] for name in shares} == dict.fromkeys(shares, 1.0)
    assert (figures["queries"], figures["unanswerable"]) == (3, 1)


def test_an_evaluation_in_place_leaves_nothing_behind(add, collection):
    add("What is the capital of Peru?")
    people = User.objects.count()

    run_in_place(collection.name, progress=lambda stage, done, total: None)

    assert User.objects.count() == people
    assert not Trace.objects.exists()
    assert not OpenQuestion.objects.exists()


def test_a_collection_without_questions_says_what_to_do(collection):
    with pytest.raises(Invalid, match="curator's desk"):
        run_in_place(collection.name, progress=lambda stage, done, total: None)
