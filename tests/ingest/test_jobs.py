"""The job row is the truth: claimed once, kept alive, ended with a reason."""

from contextlib import nullcontext
from datetime import timedelta
from types import SimpleNamespace

import psycopg
import pytest
from django.db import OperationalError
from django.utils import timezone

from apps.core.errors import Invalid, Retryable
from ingest import jobs
from ingest.loaders.protocol import LoadError
from ingest.models import Job, JobStage, JobState
from tests.factories import JobFactory

pytestmark = pytest.mark.django_db


def claimed(**kwargs):
    JobFactory(**kwargs)
    return jobs.claim(JobStage.EMBED)


def ending_with(error):
    [job] = claimed()
    with jobs.recording_outcome([job]):
        raise error
    job.refresh_from_db()
    return job


def test_a_job_is_claimed_once():
    JobFactory()

    first, second = jobs.claim(JobStage.EMBED), jobs.claim(JobStage.EMBED)

    assert len(first) == 1
    assert second == []


def test_the_longest_waiting_jobs_are_claimed_first():
    later, sooner = JobFactory.create_batch(2)
    Job.objects.filter(pk=sooner.pk).update(waiting_since=timezone.now() - timedelta(hours=1))

    assert jobs.claim(JobStage.EMBED) == [sooner]
    assert jobs.claim(JobStage.EMBED) == [later]


def test_a_job_that_failed_before_is_claimed_alone():
    suspect, *others = JobFactory.create_batch(3)
    Job.objects.filter(pk=suspect.pk).update(attempts=1)

    assert set(jobs.claim(JobStage.EMBED, limit=10)) == set(others)
    assert jobs.claim(JobStage.EMBED, limit=10) == [suspect]


def test_a_document_sent_by_itself_does_not_queue_behind_an_import():
    parent = JobFactory()
    Job.objects.filter(pk=parent.pk).update(stage=JobStage.DONE, state=JobState.DONE)
    JobFactory.create_batch(5, parent=parent)
    alone = JobFactory()

    assert alone in jobs.claim(JobStage.EMBED, limit=2)


def test_a_passing_fault_is_never_the_end():
    job = ending_with(Retryable("Busy."))
    Job.objects.filter(pk=job.pk).update(attempts=50, not_before=None)
    [job] = jobs.claim(JobStage.EMBED)

    with jobs.recording_outcome([job]):
        raise Retryable("Busy.")

    job.refresh_from_db()
    assert job.state == JobState.QUEUED


def test_nothing_raised_means_done():
    [job] = claimed()

    with jobs.recording_outcome([job]):
        pass

    job.refresh_from_db()
    assert (job.state, job.progress) == (JobState.DONE, 1.0)


def test_an_unreadable_file_fails_with_its_reason_and_page():
    job = ending_with(LoadError("encrypted", "The file asks for a password.", page=3))

    assert job.state == JobState.FAILED
    assert (job.error_code, job.error_page) == ("encrypted", 3)
    assert job.error_message == "The file asks for a password."


def test_a_refusal_fails_at_once():
    assert ending_with(Invalid("No.")).state == JobState.FAILED


@pytest.mark.parametrize("error", [Retryable("Busy."), ZeroDivisionError()])
def test_a_passing_fault_or_a_bug_is_tried_again_later(error):
    job = ending_with(error)

    assert job.state == JobState.QUEUED
    assert job.not_before > timezone.now()
    assert jobs.claim(JobStage.EMBED) == []


def test_a_bug_ends_in_failed_after_the_last_attempt_without_telling_its_text():
    [job] = claimed(attempts=2)

    with jobs.recording_outcome([job]):
        raise RuntimeError("secret path /root")

    job.refresh_from_db()
    assert (job.state, job.error_code) == (JobState.FAILED, "internal_error")
    assert "secret" not in job.error_message


def test_a_worker_told_to_stop_puts_its_jobs_back_at_once():
    [job] = claimed()

    with pytest.raises(SystemExit), jobs.recording_outcome([job]):
        raise SystemExit

    job.refresh_from_db()
    assert (job.state, job.attempts) == (JobState.QUEUED, 0)


def expire(job):
    Job.objects.filter(pk=job.pk).update(lease_until=timezone.now() - timedelta(seconds=1))


def test_the_sweeper_puts_back_a_job_whose_worker_fell_silent():
    [job] = claimed()
    expire(job)

    assert jobs.sweep() == 1

    assert jobs.claim(JobStage.EMBED) == [job]


def test_a_job_that_kills_its_workers_ends_as_failed():
    [job] = claimed(attempts=2)
    expire(job)

    jobs.sweep()

    job.refresh_from_db()
    assert (job.state, job.error_code) == (JobState.FAILED, "worker_died")


def test_a_worker_that_lost_its_lease_writes_nothing():
    [late] = claimed()
    expire(late)
    jobs.sweep()
    jobs.claim(JobStage.EMBED)

    jobs.fail([late], code="late", message="Too late.")

    late.refresh_from_db()
    assert late.state == JobState.RUNNING


@pytest.mark.django_db(transaction=True)
def test_a_heartbeat_keeps_the_lease_of_a_long_job(monkeypatch):
    monkeypatch.setattr(jobs, "lease", lambda: timedelta(seconds=0.3))
    [job] = claimed()
    first = job.lease_until

    with jobs.recording_outcome([job]):
        _wait_until(lambda: Job.objects.get(pk=job.pk).lease_until > first)

    assert Job.objects.get(pk=job.pk).state == JobState.DONE


@pytest.mark.django_db(transaction=True)
def test_a_heartbeat_survives_a_database_that_is_away_for_a_moment(monkeypatch):
    monkeypatch.setattr(jobs, "lease", lambda: timedelta(seconds=0.3))
    original, calls = jobs._mine, []

    def away_once(held):
        calls.append(1)
        if len(calls) == 1:
            raise OperationalError("database is locked")
        return original(held)

    [job] = claimed()
    first = job.lease_until
    monkeypatch.setattr(jobs, "_mine", away_once)

    with jobs.recording_outcome([job]):
        _wait_until(lambda: Job.objects.get(pk=job.pk).lease_until > first)


def _wait_until(condition, tries=200):
    import time

    for _ in range(tries):
        if condition():
            return
        time.sleep(0.05)
    raise AssertionError("it never came true")


def cut():
    """What an outage of the server raises."""
    error = OperationalError("server closed the connection unexpectedly")
    error.__cause__ = psycopg.OperationalError(str(error))
    return error


def test_an_outage_of_the_database_is_no_fault_of_the_document():
    job = ending_with(cut())

    assert (job.state, job.attempts, job.not_before) == (JobState.QUEUED, 0, None)


def away_for(times, monkeypatch):
    """The database is away when the outcome is written first; no transaction hides it."""
    answers = iter([cut() for _ in range(times)])
    mine = jobs._mine

    def asked(*args):
        for error in answers:
            raise error
        return mine(*args)

    monkeypatch.setattr(jobs, "_mine", asked)
    monkeypatch.setattr(jobs, "MISSED_S", 0.0)
    monkeypatch.setattr(jobs, "connection", SimpleNamespace(close=lambda: None))
    outside = SimpleNamespace(in_atomic_block=False)
    monkeypatch.setattr(jobs, "transaction", SimpleNamespace(get_connection=lambda: outside))
    monkeypatch.setattr(jobs, "_heartbeat", lambda jobs: nullcontext())


def test_what_became_of_a_job_is_written_once_the_database_is_back(monkeypatch):
    [job] = claimed()
    away_for(3, monkeypatch)

    with jobs.recording_outcome([job]):
        pass

    job.refresh_from_db()
    assert job.state == JobState.DONE
