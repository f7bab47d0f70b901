"""Runs of golden sets: figures, slices, stints, what they leave behind, what they forget."""

import pytest

from apps.core.errors import Conflict, Invalid
from apps.evaluation import run_queue, running
from apps.evaluation.forgetting import results_forget
from apps.evaluation.golden_sets import golden_set_default, golden_set_get
from apps.evaluation.models import EvaluationRun, GoldenQuestion
from apps.evaluation.run_queue import Wanted, run_ask
from apps.evaluation.tasks import work_on_runs
from apps.generation.models import Trace
from apps.knowledge.deletion import collection_delete, document_delete
from apps.retrieval.models import EmbeddingGeneration
from tests.apps.evaluation.worlds import asked, golden, golden_world, papers, place
from tests.apps.generation.conftest import collection, knowledge, reader
from tests.engine_fixtures import configured, engine_server, local_model, server
from tests.factories import CollectionFactory, UserFactory

__all__ = [
    "collection",
    "configured",
    "engine_server",
    "golden",
    "knowledge",
    "local_model",
    "papers",
    "place",
    "reader",
    "server",
]
pytestmark = pytest.mark.django_db
WANTED = Wanted(EvaluationRun.Cause.BUTTON)


def test_a_run_tells_each_figure_with_its_interval_and_leaves_no_trace(collection, knowledge):
    run = asked(golden_world(collection, knowledge))

    assert run.figures["recall_at_1"] == {"value": 1.0, "low": 1.0, "high": 1.0, "n": 3}
    assert run.figures["refused"]["n"] == 1
    assert run.figures["citation_precision"]["value"] == 1.0
    assert (run.state, bool(run.fingerprint), run.results.count()) == ("done", True, 4)
    assert not Trace.objects.exists()


def test_another_index_is_really_searched_when_it_is_tried(collection, knowledge, reader):
    golden_set = golden_world(collection, knowledge)
    empty = EmbeddingGeneration.objects.create(
        model_sha256="1" * 64, model_name="other", dimension=3, state="ready"
    )

    run = asked(golden_set, {"generation": empty.pk})

    assert run.figures["recall_at_10"]["value"] == 0.0
    assert run.results.exclude(degraded=[]).exists()


def test_slices_are_told_by_language_format_and_kind(golden):
    run = asked(golden)

    assert run.slices["language:en"]["recall_at_1"]["n"] == 2
    kinds = {row.question.text[:4]: row.slices for row in run.results.select_related("question")}
    assert "unanswerable" in kinds["What"]
    assert "format:txt" in run.slices


def test_a_run_goes_on_where_its_stint_ended(golden):
    run = run_ask(golden, WANTED)

    stints = 0
    while run_queue.open_runs().exists():
        running.work(0.0)
        stints += 1

    run.refresh_from_db()
    assert (run.state, run.done, stints) == ("done", 4, 4)


def test_the_same_run_is_not_queued_twice(golden):
    assert run_ask(golden, WANTED) == run_ask(golden, WANTED)


def test_a_set_without_questions_is_not_asked():
    with pytest.raises(Invalid):
        run_ask(golden_set_default(CollectionFactory()), WANTED)


def test_a_run_that_was_stopped_is_not_worked_on(golden):
    run = run_ask(golden, WANTED)

    assert run_queue.stop(run)

    assert work_on_runs() is False
    assert not run.results.exists()


def test_one_run_is_at_work_at_a_time(golden):
    run_ask(golden, WANTED)
    assert run_queue.claim() is not None

    with pytest.raises(Conflict):
        running.run_now(golden, WANTED, progress=lambda stage, done, total: None)


def test_drafts_are_not_asked(golden):
    GoldenQuestion.objects.filter(text__startswith="Who").update(state="draft")

    assert asked(golden).total == 3


def test_an_answer_goes_with_the_document_that_it_quotes(golden, papers):
    run = asked(golden)
    document_delete(document=papers["printer.txt"], by=UserFactory(is_superuser=True))

    assert results_forget() == 1

    quoting = run.results.exclude(answer="").values_list("answer", flat=True)
    assert not any("Keller" in answer for answer in quoting)


def test_what_a_model_was_given_counts_as_quoted_whatever_it_cites(
    collection, knowledge, local_model
):
    local_model.tell(["The printer was designed by Anna Keller. [{Keller}]"])
    row = GoldenQuestion.objects.create(collection=collection, text="Who designed the printer?")
    row.documents.set([knowledge["printer.txt"]])

    result = asked(golden_set_default(collection)).results.get()

    assert result.engine == "local:scripted"
    assert result.cited.count() == len(result.ranked) > 1


def test_the_sets_of_a_deleted_collection_go_with_their_runs(golden, place):
    asked(golden)
    collection_delete(collection=place, by=UserFactory(is_superuser=True))

    assert results_forget() == 1

    assert not EvaluationRun.objects.exists()


def test_results_of_old_runs_go_their_figures_stay(golden, configured):
    configured("evaluation", keep_runs=2)
    first, *_ = [asked(golden) for _ in range(3)]

    assert not first.results.exists()
    assert first.figures


def test_a_set_is_found_by_the_name_of_its_collection_or_its_own(golden, place):
    root = UserFactory(is_superuser=True)

    assert golden_set_get(place.name, by=root) == golden
    assert golden_set_get(f"{place.name}/{golden.name}", by=root) == golden
