"""Telling workers, after the commit, that a job waits. A lost bell is rung again by the sweeper."""

from apps.core.doorbell import ring

RUN_JOB = "ingest.run_job"
EMBED_PENDING = "ingest.embed_pending"


def ring_job(job_id: int) -> None:
    """A file, import or archive waits to be read."""
    ring(RUN_JOB, job_id)


def ring_embedding() -> None:
    """Chunks wait to be embedded."""
    ring(EMBED_PENDING)
