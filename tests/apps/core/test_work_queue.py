"""Work in stints, on rows of generations' work: who holds a row, and how a stint ends."""

from datetime import timedelta

import pytest
from django.db import connection

from apps.core import work_queue
from apps.core.errors import Invalid, Overloaded, Retryable
from apps.core.work_queue import Ended, WorkQueue
from apps.retrieval import generation_jobs
from apps.retrieval.generation_records import GenerationJob, JobKind
from apps.retrieval.models import EmbeddingGeneration

pytestmark = pytest.mark.django_db
QUEUE = WorkQueue(GenerationJob, "nobody.hears", timedelta(seconds=60))


@pytest.fixture
def generation():
    return EmbeddingGeneration.objects.create(model_sha256="1" * 64, model_name="m", dimension=3)


@pytest.fixture
def row(generation):
    GenerationJob.objects.create(generation=generation, kind="measure")
    return QUEUE.claim()


def outcome(row):
    return GenerationJob.objects.values_list("state", "problem").get(pk=row.pk)


@pytest.mark.parametrize("fault", [Retryable, Overloaded])
def test_a_passing_fault_lets_it_wait_and_says_what_for(row, fault):
    with QUEUE.stint(row):
        raise fault("The engine is busy.")

    assert outcome(row) == ("queued", "The engine is busy.")


def test_a_refusal_ends_it_and_is_told_to_who_waits_for_it(row):
    with pytest.raises(Invalid), QUEUE.stint(row, is_loud=True):
        raise Invalid("There is nothing to measure.")

    assert outcome(row) == ("failed", "There is nothing to measure.")


def test_a_worker_told_to_stop_gives_it_back(row):
    with pytest.raises(SystemExit), QUEUE.stint(row):
        raise SystemExit

    assert outcome(row) == ("queued", "")


def test_what_is_finished_is_stored_and_does_not_wait_again(row):
    with QUEUE.stint(row):
        QUEUE.finish(row, done=7)

    row.refresh_from_db()
    assert (row.state, row.done, row.lease_until) == ("done", 7, None)


def test_who_lost_it_stores_nothing_and_hears_of_it(row):
    GenerationJob.objects.update(worker="another")

    with pytest.raises(Ended), QUEUE.stint(row, is_loud=True):
        QUEUE.finish(row, done=7)

    row.refresh_from_db()
    assert (row.state, row.done) == ("running", 0)


def test_a_lease_that_was_kept_at_the_last_moment_is_not_taken_away(row, monkeypatch):
    monkeypatch.setattr(work_queue, "is_given_up", lambda *held: QUEUE.keep(row) is None)

    assert QUEUE.claim() is None

    assert outcome(row) == ("running", "")


def test_who_was_silent_for_too_long_has_given_it_up(row):
    GenerationJob.objects.update(lease_until="2020-01-01T00:00Z")

    assert QUEUE.claim().pk == row.pk


def test_no_worker_sees_work_before_who_takes_it_at_once_has_it(generation, monkeypatch):
    outside, inside = len(connection.savepoint_ids), []
    monkeypatch.setattr(
        generation_jobs, "ring", lambda: inside.append(len(connection.savepoint_ids))
    )

    generation_jobs.take(JobKind.BUILD, generation, golden=None)

    assert inside == [outside + 1]
