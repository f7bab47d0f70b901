"""Celery's side of ingest. A task carries an id at most; the job row says what to do."""

from celery import shared_task

from ingest import doorbell, jobs, work
from ingest.models import JobStage


@shared_task(name=doorbell.RUN_JOB, acks_late=True)
def run_job(job_id: int) -> str:
    """Work on one job of the parse stage. Safe to repeat: only a waiting job is taken."""
    return work.run(job_id)


@shared_task(name=doorbell.EMBED_PENDING, acks_late=True)
def embed_pending() -> int:
    """Embed and publish until nothing waits; returns how many turns it took. Safe to repeat."""
    turns = 0
    while work.embed_turn():
        turns += 1
    return turns


@shared_task(name="ingest.sweep_jobs", acks_late=True)
def sweep_jobs() -> int:
    """Put back jobs of silent workers and ring again for those that wait. Safe to repeat."""
    swept = jobs.sweep()
    for job_id in work.forgotten(JobStage.PARSE):
        doorbell.ring_job(job_id)
    if work.forgotten(JobStage.EMBED):
        doorbell.ring_embedding()
    return swept
