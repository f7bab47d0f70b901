"""A collection with golden questions: one that can really be asked, one where answers are given."""

import uuid

import pytest

from apps.evaluation import running
from apps.evaluation.golden_sets import golden_set_default
from apps.evaluation.models import EvaluationRun, GoldenQuestion
from apps.evaluation.run_queue import Wanted
from apps.evaluation.running import run_now
from apps.evaluation.scoring import Found
from apps.generation.answers import Answer
from apps.generation.protocols import Citation
from tests.factories import CollectionFactory, VersionFactory

QUESTIONS = {
    "Who designed the printer?": (["Anna Keller"], "printer.txt"),
    "How many days of paid leave do employees get?": (["25 days", "25"], "leave.txt"),
    "员工出差的住宿费标准是多少？": (["每晚500元", "500元"], "travel.txt"),
    "What is the capital of Peru?": ([], ""),
}


def golden_world(collection, knowledge):
    """The default set of the collection with three answerable questions and one that is not."""
    for text, (answers, path) in QUESTIONS.items():
        row = GoldenQuestion.objects.create(collection=collection, text=text, answers=answers)
        row.documents.set([knowledge[path]] if path else [])
    return golden_set_default(collection)


def asked(golden_set, candidate=None):
    """A finished run."""
    wanted = Wanted(EvaluationRun.Cause.BUTTON, candidate=candidate or {})
    return run_now(golden_set, wanted, progress=lambda stage, done, total: None)


@pytest.fixture
def papers(db):
    """The documents of the questions by path, without text, in a collection."""
    place = CollectionFactory(name="Office")
    paths = {path for _answers, path in QUESTIONS.values() if path}
    return {
        path: VersionFactory(document__collection=place, document__path=path).document
        for path in sorted(paths)
    }


@pytest.fixture
def place(papers):
    """Their collection."""
    return papers["leave.txt"].collection


@pytest.fixture
def golden(place, papers, monkeypatch):
    """Its golden set; whatever is asked is answered rightly, without a search."""
    monkeypatch.setattr(running, "ask", _rightly_answered)
    return golden_world(place, papers)


def _rightly_answered(question, user, *, profile):
    documents = list(question.documents.all())
    text = question.answers[0] if question.answers else ""
    given = Answer(
        text=f"It is {text}.",
        is_answered=bool(text),
        confidence=0.9,
        citations=tuple(_citation(document) for document in documents),
        nearest=(),
        engine="builtin",
        timings_ms={},
        trace=uuid.uuid4(),
        short_answer=text,
    )
    return Found(
        ranked=[document.path for document in documents],
        given=given,
        documents=[document.uuid for document in documents],
        ms=1.0,
    )


def _citation(document):
    return Citation(
        n=1, chunk=uuid.uuid4(), document=document.uuid, version=uuid.uuid4(), title="", page=1,
        path=document.path, heading="", quote="", start=0, end=1, url="", support="supported",
    )  # fmt: skip
