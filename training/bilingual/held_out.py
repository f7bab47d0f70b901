"""The questions of training, and which of their articles no model is trained on."""

from collections.abc import Mapping, Sequence
from typing import Any

from training.bilingual import corpora, examples

HELD = {"squad": 22, "squad2": 14, "cmrc": 160, "drcd": 20, "tatqa": 20}  # articles of each source


def question_set(stored: Mapping[str, Sequence[Sequence[Any]]]) -> corpora.QuestionSet:
    """What `gather` wrote as questions.json.xz."""
    found = corpora.QuestionSet()
    found.passages = [corpora.Passage(*row) for row in stored["passages"]]
    found.questions = [
        corpora.Question(text, passage, tuple((a, b) for a, b in answers), source)
        for text, passage, answers, source in stored["questions"]
    ]
    return found


def held_questions(found: corpora.QuestionSet) -> list[corpora.Question]:
    """Those on articles that were held out, in order."""
    away = examples.split_articles(found, held=HELD)
    return [one for one in found.questions if found.passages[one.passage].article in away]
