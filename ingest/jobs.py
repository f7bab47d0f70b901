"""Claiming, keeping alive and ending jobs. The only writer of a job's state.

QUEUED --claim--> RUNNING --done--> DONE
  ^                 |  |
  |   requeue, lease |  +--fail--> FAILED --retry--> QUEUED
  +---- expired -----+             (queued or running) --cancel--> CANCELLED
"""

import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from functools import partial

from django.db import connection, transaction
from django.db.models import F, Q, QuerySet
from django.utils import translation

from apps.core import clock, config
from apps.core.errors import ClawdbotError, Retryable
from apps.core.outages import DATABASE_AWAY, is_cut
from apps.core.worker_names import worker_name
from ingest.loaders.protocol import LoadError
from ingest.models import Job, JobStage, JobState

logger = logging.getLogger(__name__)
FIRST_BACKOFF = timedelta(seconds=5)
LONGEST_BACKOFF = timedelta(minutes=5)
MISSED_S = 1.0  # to the next try while the database is away
OUR_FAULT = "Something went wrong inside Clawdbot. Retry; the log has the details."
OLD_TITLE = "title"  # in the payload: chunks still bear this title, see ingest.retitling


def claim(
    stage: JobStage, *, limit: int = 1, job_id: int | None = None, collection_id: int | None = None
) -> list[Job]:
    """Take up to `limit` waiting jobs of a stage, longest waiting first. No job is taken twice.

    Half of them, at least one, are documents sent by themselves if such wait: nobody queues behind
    an import of thousands. A job that failed before is taken alone: it cannot fail others with it.
    """
    now = clock.now()
    waiting = Job.objects.filter(
        Q(not_before=None) | Q(not_before__lte=now), state=JobState.QUEUED, stage=stage
    )
    if job_id is not None:
        waiting = waiting.filter(pk=job_id)
    if collection_id is not None:
        waiting = waiting.filter(collection_id=collection_id)
    wanted = _choose(waiting.order_by("waiting_since", "id"), limit)
    if not wanted:
        return []
    token = worker_name()
    Job.objects.filter(pk__in=wanted, state=JobState.QUEUED, stage=stage).update(
        state=JobState.RUNNING,
        worker=token,
        lease_until=now + lease(),
        started_at=now,
        error_code="",
        error_message="",
        error_page=None,
    )
    return list(
        Job.objects.filter(worker=token, state=JobState.RUNNING)
        .select_related("collection", "version__document__collection")
        .order_by("waiting_since", "id")
    )


def _choose(waiting: QuerySet[Job], limit: int) -> list[int]:
    by_itself = waiting.filter(parent=None).values_list("id", "attempts")[: (limit + 1) // 2]
    rows = dict(by_itself)
    if len(rows) < limit:
        rows |= dict(waiting.values_list("id", "attempts")[:limit])
    fresh = [pk for pk, attempts in rows.items() if attempts == 0]
    return fresh[:limit] or list(rows)[:1]


def lease() -> timedelta:
    """How long a silent worker keeps its jobs."""
    return timedelta(seconds=config.load().ingest.lease_s)


@contextmanager
def recording_outcome(jobs: Sequence[Job]) -> Iterator[None]:
    """Keep the leases alive; whatever is still running at the end gets the outcome of the block.

    Nothing raised: DONE, or QUEUED again when the title changed meanwhile. LoadError or a refusal:
    FAILED with its reason. A passing fault: QUEUED again with a growing pause. A bug: the same, but
    FAILED after `ingest.max_attempts`. An outage of the database: QUEUED again once it is back, or
    by the sweeper. A worker told to stop puts its jobs back at once. Reasons are stored in English;
    `ingest.reasons` translates them.
    """
    try:
        with translation.override("en"), _heartbeat(jobs):
            yield
    except LoadError as error:
        outcome = partial(fail, jobs, code=error.code, message=error.message, page=error.page)
    except Retryable as error:
        outcome = partial(_put_back, jobs, code=error.code, message=error.message)
    except ClawdbotError as error:
        outcome = partial(fail, jobs, code=error.code, message=error.message)
    except Exception as error:
        if is_cut(error):
            logger.warning("jobs are put back: %s", error)
            outcome = partial(put_back, jobs)
        else:
            logger.exception("jobs %s failed", [str(job.uuid) for job in jobs])
            outcome = partial(_put_back_or_fail, jobs, code="internal_error", message=OUR_FAULT)
    except BaseException:
        put_back(jobs)
        raise
    else:
        outcome = partial(_done, jobs)
    _record(outcome)


def requeue(jobs: Sequence[Job], *, stage: JobStage) -> None:
    """Send running jobs to the end of the queue of a stage."""
    _mine(jobs).update(
        state=JobState.QUEUED, stage=stage, lease_until=None, waiting_since=clock.now()
    )


def reopen(job: Job, *, stage: JobStage) -> None:
    """Queue a job afresh that is not under way: as if nothing had been tried yet."""
    job.state, job.stage = JobState.QUEUED, stage
    job.progress, job.attempts, job.waiting_since = 0.0, 0, clock.now()
    job.error_code, job.error_message, job.error_page = "", "", None
    job.not_before = job.finished_at = job.lease_until = None
    job.save()


def put_back(jobs: Sequence[Job]) -> None:
    """Give running jobs back untouched: they keep their place in the queue."""
    _mine(jobs).update(state=JobState.QUEUED, lease_until=None)


def fail(jobs: Sequence[Job], *, code: str, message: str, page: int | None = None) -> None:
    """End running jobs with a reason that a person can act on."""
    _mine(jobs).update(
        state=JobState.FAILED,
        error_code=code[:64],
        error_message=message,
        error_page=page,
        finished_at=clock.now(),
        lease_until=None,
    )


def cancel(job_ids: Sequence[int]) -> None:
    """End jobs that are no longer wanted. A running one notices when it publishes."""
    Job.objects.filter(pk__in=job_ids, state__in=[JobState.QUEUED, JobState.RUNNING]).update(
        state=JobState.CANCELLED, lease_until=None, finished_at=clock.now()
    )


def progress(job: Job, share: float, *, done: int | None = None) -> None:
    """Record how far a running job is (0..1)."""
    values = {} if done is None else {"done_count": done}
    _mine([job]).update(progress=min(max(share, 0.0), 0.99), **values)


@transaction.atomic
def require_held(job: Job) -> None:
    """Pass while this worker has the job; it keeps it until the commit of the caller's transaction.

    Raises LoadError when the job was cancelled, or its lease ran out and it was put back.
    """
    if not _mine([job]).select_for_update().exists():
        raise LoadError("not_held", "This is not wanted any more, or another worker has it now.")


def sweep() -> int:
    """Put back every job whose worker fell silent; returns how many. Safe to repeat."""
    now = clock.now()
    expired = Job.objects.filter(state=JobState.RUNNING, lease_until__lt=now)
    given_up = expired.filter(attempts__gte=config.load().ingest.max_attempts - 1).update(
        state=JobState.FAILED,
        attempts=F("attempts") + 1,
        error_code="worker_died",
        error_message=(
            "The worker died several times while working on this. Retry, or look into its log."
        ),
        finished_at=now,
        lease_until=None,
    )
    put_back = expired.update(
        state=JobState.QUEUED, attempts=F("attempts") + 1, lease_until=None, waiting_since=now
    )
    return given_up + put_back


def _put_back_or_fail(jobs: Sequence[Job], *, code: str, message: str) -> None:
    last = config.load().ingest.max_attempts - 1
    fail([job for job in jobs if job.attempts >= last], code=code, message=message)
    again = [job for job in jobs if job.attempts < last]
    _put_back(again, code=code, message=message)
    Job.objects.filter(pk__in=[job.pk for job in again]).update(attempts=F("attempts") + 1)


def _done(jobs: Sequence[Job]) -> None:
    _mine(jobs).exclude(payload__has_key=OLD_TITLE).update(
        state=JobState.DONE,
        stage=JobStage.DONE,
        progress=1.0,
        finished_at=clock.now(),
        lease_until=None,
    )
    requeue(jobs, stage=JobStage.EMBED)  # those given a new title while they were worked on


def _record(outcome: Callable[[], None]) -> None:
    """While the database is away, try for as long as the leases may last; then it is for the
    sweeper to find the jobs."""
    until = time.monotonic() + lease().total_seconds()
    while True:
        try:
            return outcome()
        except DATABASE_AWAY as error:
            if transaction.get_connection().in_atomic_block or time.monotonic() > until:
                raise
            logger.warning("the outcome of jobs waits for the database: %s", error)
        connection.close()
        time.sleep(MISSED_S)


def _put_back(jobs: Sequence[Job], *, code: str, message: str) -> None:
    for job in jobs:
        pause = min(FIRST_BACKOFF * 2 ** min(job.attempts, 8), LONGEST_BACKOFF)
        _mine([job]).update(
            state=JobState.QUEUED,
            lease_until=None,
            not_before=clock.now() + pause,
            error_code=code,
            error_message=message,
        )


def _mine(jobs: Sequence[Job]) -> QuerySet[Job]:
    """Of these jobs, those this worker still holds: a lost lease writes nothing."""
    tokens = {job.worker for job in jobs}
    return Job.objects.filter(
        pk__in=[job.pk for job in jobs], worker__in=tokens, state=JobState.RUNNING
    )


@contextmanager
def _heartbeat(jobs: Sequence[Job]) -> Iterator[None]:
    """Renew the leases from a thread of its own until the block ends."""
    stop = threading.Event()

    def renew() -> None:
        pause_s = lease().total_seconds() / 3
        while not stop.wait(pause_s):
            try:
                _mine(jobs).update(lease_until=clock.now() + lease())
                pause_s = lease().total_seconds() / 3
            except DATABASE_AWAY as error:  # locked or away for a moment
                logger.warning("a heartbeat was missed: %s", error)
                connection.close()
                pause_s = MISSED_S
        connection.close()

    # Inside a transaction (tests) the thread could not see the rows, and needs not.
    thread = (
        None if transaction.get_connection().in_atomic_block else threading.Thread(target=renew)
    )
    if thread:
        thread.daemon = True
        thread.start()
    try:
        yield
    finally:
        stop.set()
        if thread:
            thread.join()
