"""A whole evaluation: real ingest, real index, real answers, and nothing left behind."""

from dataclasses import replace

import pytest
from django.contrib.auth import get_user_model

from apps.core.errors import Invalid
from apps.evaluation.figures import KEYS
from apps.evaluation.runs import run
from apps.generation.models import Trace
from apps.knowledge.models import Chunk, Collection, Document, Erasure, Version
from apps.ops.erasure import purge
from apps.retrieval.models import Vector

LEFT_BEHIND = [Chunk, Collection, Document, Erasure, Version, Vector, Trace, get_user_model()]


def ignore(stage: str, done: int, total: int) -> None:
    """A progress that nobody watches."""


@pytest.mark.django_db
def test_an_evaluation_reports_the_promised_keys_first(request_files):
    figures = run(request_files, purge=purge, progress=ignore)

    assert tuple(figures)[: len(KEYS)] == KEYS
    assert figures["queries"] == figures["passages"] == 10
    assert figures["recall_at_1"] == figures["mrr"] == 1.0
    assert figures["answered"] > 0
    assert figures["f1"] > 0


@pytest.mark.django_db
def test_an_evaluation_asks_held_out_and_unanswerable_questions(request_files):
    figures = run(request_files, purge=purge, progress=ignore)

    assert figures["held_out"] == 1
    assert figures["held_out_auc"] > 0.5
    assert figures["unanswerable"] == 1
    assert figures["unanswerable_refused"] == 1.0


@pytest.mark.django_db
def test_an_evaluation_tells_what_reading_and_answering_were_worth(request_files):
    figures = run(request_files, purge=purge, progress=ignore)

    assert figures["before_reading_recall_at_1"] == 1.0
    assert 0 < figures["answer_accuracy"] <= figures["answered"]


@pytest.mark.django_db
def test_limits_bound_questions_and_corpus(request_files):
    limited = replace(request_files, limit=2, corpus_limit=4)

    figures = run(limited, purge=purge, progress=ignore)

    assert (figures["queries"], figures["passages"]) == (2, 4)


@pytest.mark.django_db
def test_nothing_is_left_of_an_evaluation(request_files):
    run(request_files, purge=purge, progress=ignore)

    assert {model.__name__: model.objects.count() for model in LEFT_BEHIND} == dict.fromkeys(
        (model.__name__ for model in LEFT_BEHIND), 0
    )


@pytest.mark.django_db
def test_nothing_is_left_when_the_evaluation_is_interrupted(request_files):
    def interrupt(stage: str, done: int, total: int) -> None:
        if stage == "ask":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(request_files, purge=purge, progress=interrupt)

    assert not any(model.objects.exists() for model in LEFT_BEHIND)


@pytest.mark.django_db
def test_a_corpus_without_its_questions_is_refused_and_removed(request_files, tmp_path):
    (tmp_path / "queries").write_text('{"question": "Who?", "answers": [], "relevant": ["other"]}')

    with pytest.raises(Invalid, match="No question"):
        run(request_files, purge=purge, progress=ignore)

    assert not Collection.objects.exists()
