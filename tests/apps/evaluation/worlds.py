"""A collection with golden questions that can really be asked."""

from apps.evaluation.golden_sets import golden_set_default
from apps.evaluation.models import EvaluationRun, GoldenQuestion
from apps.evaluation.run_queue import Wanted
from apps.evaluation.running import run_now

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
