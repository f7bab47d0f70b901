"""One piece of work at a time: what tasks, the command line and tests all run."""

from datetime import timedelta

from django.db.models import Q

from apps.core import clock, config
from ingest import archive_jobs, doorbell, imports, jobs, pipeline
from ingest.models import Job, JobStage, JobState

UNHEARD_AFTER = timedelta(seconds=5)
RING_AT_MOST = 100


def run(job_id: int | None = None, *, collection_id: int | None = None) -> str:
    """Claim one job of the parse stage and see it through; returns its state, or `skipped`."""
    claimed = jobs.claim(JobStage.PARSE, job_id=job_id, collection_id=collection_id)
    if not claimed:
        return "skipped"
    job = claimed[0]
    with jobs.recording_outcome([job]):
        if job.kind == Job.Kind.IMPORT:
            imports.run(job)
        elif job.kind == Job.Kind.ARCHIVE:
            archive_jobs.run(job)
        else:
            pipeline.parse(job)
    doorbell.ring_embedding()
    job.refresh_from_db()
    return job.state


def embed_turn(*, collection_id: int | None = None) -> int:
    """Embed and publish for the longest waiting documents; returns how many it served."""
    batch = jobs.claim(JobStage.EMBED, limit=pipeline.TURN_JOBS, collection_id=collection_id)
    if batch:
        with jobs.recording_outcome(batch):
            pipeline.embed(batch)
    return len(batch)


def unheard(stage: JobStage) -> list[int]:
    """Waiting jobs whose bell seems to be lost: they wait though not every worker is busy."""
    now = clock.now()
    busy = Job.objects.filter(state=JobState.RUNNING, stage=stage).count()
    if busy >= (config.load().ingest.parse_workers if stage == JobStage.PARSE else 1):
        return []
    return list(
        Job.objects.filter(
            Q(not_before=None) | Q(not_before__lte=now),
            state=JobState.QUEUED,
            stage=stage,
            waiting_since__lt=now - UNHEARD_AFTER,
        )
        .order_by("waiting_since")
        .values_list("id", flat=True)[:RING_AT_MOST]
    )
