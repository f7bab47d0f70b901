"""Celery's side of ingest. A task carries an id at most; the job row says what to do."""

import time

from celery import shared_task

from ingest import doorbell, jobs, presence, work
from ingest.models import JobStage

EMBEDDING_STINT_S = 5.0


@shared_task(name=doorbell.RUN_JOB, acks_late=True)
def run_job(job_id: int) -> str:
    """Work on one job of the parse stage. Safe to repeat: only a waiting job is taken."""
    return work.run(job_id)


@shared_task(name=doorbell.EMBED_PENDING, acks_late=True)
def embed_pending() -> int:
    """Embed and publish for a few seconds, and ring again while there is work. Safe to repeat.

    Between two tasks a worker that is told to stop can stop.
    """
    served, until = 0, time.monotonic() + EMBEDDING_STINT_S
    while turn := work.embed_turn():
        served += turn
        if time.monotonic() > until:
            doorbell.ring_embedding()
            break
    return served


@shared_task(name="ingest.sweep_jobs", acks_late=True)
def sweep_jobs() -> int:
    """Put back jobs of silent workers and ring again for those that wait. Safe to repeat."""
    presence.give_sign()
    swept = jobs.sweep()
    for job_id in work.unheard(JobStage.PARSE):
        doorbell.ring_job(job_id)
    if work.unheard(JobStage.EMBED):
        doorbell.ring_embedding()
    return swept
