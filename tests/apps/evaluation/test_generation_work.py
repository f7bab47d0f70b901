"""Work on embedding generations: in stints, once at a time, stopped, taken over, measured."""

import pytest

from apps.evaluation import generation_work
from apps.evaluation.generation_report import measure
from apps.evaluation.models import GoldenQuestion
from apps.evaluation.tasks import work_on_generations
from apps.retrieval import embedding, generation_building, generation_jobs, vectors
from apps.retrieval.generation_records import GenerationJob
from apps.retrieval.generation_records import JobKind as Kind
from apps.retrieval.generation_switching import clear_at_once, discard
from apps.retrieval.models import EmbeddingGeneration
from tests.apps.retrieval.generations import STATIC, built
from tests.apps.retrieval.indexing import indexed
from tests.factories import CollectionFactory, JobFactory, UserFactory

pytestmark = pytest.mark.django_db
TEXTS = [f"Room {n} has a window to the {side}." for n in range(6) for side in ("north", "south")]


@pytest.fixture(autouse=True)
def place():
    collection = CollectionFactory(name="Rooms")
    chunks = indexed(*TEXTS, collection=collection)
    golden = GoldenQuestion.objects.create(
        collection=collection, text="Which room has a window to the north?", answers=["Room 0"]
    )
    golden.documents.set([chunks[0].version.document])
    return collection


@pytest.fixture
def second():
    return generation_building.planned(STATIC)


def worked_off():
    """Stints of no time at all, until nothing is left; returns how many."""
    count = 0
    while generation_jobs.open_jobs().exists():
        generation_work.work(0.0)
        count += 1
    return count


def test_a_build_ends_ready_and_measured(second, place, monkeypatch):
    monkeypatch.setattr(generation_building, "BATCH", 4)
    job = generation_jobs.ask(Kind.BUILD, second, by=None, golden=place)

    assert worked_off() >= 3

    second.refresh_from_db()
    job.refresh_from_db()
    assert (second.state, job.state) == ("ready", "done")
    assert second.report["measured"]["golden"] == "Rooms"


def test_no_text_is_embedded_twice_however_many_stints(second, monkeypatch):
    monkeypatch.setattr(generation_building, "BATCH", 2)
    stored, store = [], vectors.store
    monkeypatch.setattr(vectors, "store", lambda *given: (stored.extend(given[1]), store(*given)))
    generation_jobs.ask(Kind.BUILD, second, by=None)

    worked_off()

    assert len(stored) == len(set(stored)) == len(TEXTS)


def test_the_comparison_has_both_models_in_its_figures(second, place):
    built()

    report = measure(second, place, progress=lambda stage, done, total: None)

    new, old = report["figures"], report["against"]["figures"]
    assert set(new) == set(old) >= {"recall_at_5", "mrr", "search_p95_ms", "index_bytes"}
    assert (new["vector_bytes"], old["vector_bytes"]) == (384, 768)
    assert new["texts"] == old["texts"] == len(TEXTS)


def test_without_golden_questions_times_and_sizes_are_measured(second):
    built()

    report = measure(second, None, progress=lambda stage, done, total: None)

    assert report["queries"] == len(TEXTS)
    assert "recall_at_5" not in report["figures"]


def test_only_one_is_worked_on_at_a_time(second):
    generation_jobs.ask(Kind.BUILD, second, by=None)
    other = embedding.current_generation()
    generation_jobs.ask(Kind.MEASURE, other, by=None)

    assert generation_jobs.claim().generation == second
    assert generation_jobs.claim() is None


def test_what_a_dead_worker_was_at_is_taken_over(second):
    generation_jobs.ask(Kind.BUILD, second, by=None)
    job = generation_jobs.claim()
    node, _process, rest = job.worker.split(":")
    GenerationJob.objects.update(worker=f"{node}:{2**22 + 1}:{rest}")

    assert generation_jobs.claim().pk == job.pk


def test_stopping_keeps_what_was_embedded(second, monkeypatch):
    monkeypatch.setattr(generation_building, "BATCH", 4)
    generation_jobs.ask(Kind.BUILD, second, by=None)
    generation_work.work(0.0)

    generation_jobs.stop(second)

    assert not generation_work.work(0.0)
    assert (second.vectors.count(), second.jobs.get().state) == (4, "stopped")


def test_a_model_that_cannot_be_loaded_fails_the_work_with_its_reason(second):
    EmbeddingGeneration.objects.filter(pk=second.pk).update(model_sha256="2" * 64)
    generation_jobs.ask(Kind.BUILD, second, by=None)

    generation_work.work(0.0)

    job = second.jobs.get()
    assert job.state == "failed"
    assert "Put its folder back" in job.problem


def test_while_documents_are_taken_in_a_build_waits_for_the_next_bell(second, monkeypatch):
    monkeypatch.setattr(generation_building, "BATCH", 2)
    JobFactory()
    generation_jobs.ask(Kind.BUILD, second, by=None)

    assert not generation_work.work(0.0)
    assert second.vectors.count() == 2


def test_the_task_does_nothing_when_nothing_waits():
    assert work_on_generations() is False


def test_who_asked_is_on_record(second):
    root = UserFactory()

    assert generation_jobs.ask(Kind.BUILD, second, by=root).requested_by == root


def test_what_a_build_stored_after_its_model_was_discarded_does_not_stay(second, monkeypatch):
    store = vectors.store

    def discarded_meanwhile(*given):
        monkeypatch.setattr(vectors, "store", store)
        clear_at_once(discard(second, by=None))  # by another process, done before the batch is
        store(*given)

    monkeypatch.setattr(vectors, "store", discarded_meanwhile)
    generation_jobs.ask(Kind.BUILD, second, by=None)

    worked_off()

    assert not second.vectors.exists()
