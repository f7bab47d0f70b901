"""Work on generations: asked for, claimed, kept alive, ended. The only writer of a job's state.

QUEUED --claim--> RUNNING --end of a stint--> QUEUED, or DONE, or FAILED; both open states --stop-->
STOPPED. The job of a worker that died waits again: the next claim goes on where it is.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.core import clock, doorbell
from apps.core.errors import ClawdbotError, Conflict, Retryable
from apps.core.outages import is_cut
from apps.core.worker_names import died_here, worker_name
from apps.knowledge.models import Collection
from apps.retrieval.generation_records import GenerationJob
from apps.retrieval.generation_records import JobKind as Kind
from apps.retrieval.generation_records import JobState as State
from apps.retrieval.models import EmbeddingGeneration

logger = logging.getLogger(__name__)

WORK_ON_GENERATIONS = "evaluation.work_on_generations"
LEASE = timedelta(seconds=60)
OPEN = (State.QUEUED, State.RUNNING)


class Ended(Exception):
    """The job was stopped, or another worker has taken it over."""


def ask(
    kind: Kind,
    generation: EmbeddingGeneration,
    *,
    by: User | None,
    golden: Collection | None = None,
) -> GenerationJob:
    """Queue work, and tell the workers after the commit. What waits already is not queued twice.

    Raises Conflict while other work on the same generation is open.
    """
    for known in open_jobs().filter(generation=generation):
        if known.kind == kind:
            return known
        if Kind.COMPLETE not in {kind, known.kind}:
            raise Conflict(_("Something is being done with this model. Wait, or stop it first."))
    job = GenerationJob.objects.create(
        generation=generation, kind=kind, requested_by=by, golden=golden
    )
    ring()
    return job


def take(
    kind: Kind, generation: EmbeddingGeneration, *, golden: Collection | None
) -> GenerationJob:
    """Ask for work and claim it at once, to do it here. Raises Conflict when other work runs."""
    job = ask(kind, generation, by=None, golden=golden)
    claimed = claim(job.pk)
    if claimed is None:
        raise Conflict(
            _(
                "Something is being done with embedding models already. It goes on by itself while "
                "the node runs; see: clawdbot index generations"
            )
        )
    return claimed


def record(kind: Kind, generation: EmbeddingGeneration, *, by: User | None) -> GenerationJob:
    """Write down what was done at once, and by whom."""
    return GenerationJob.objects.create(
        generation=generation,
        kind=kind,
        state=State.DONE,
        requested_by=by,
        finished_at=clock.now(),
    )


def open_jobs() -> QuerySet[GenerationJob]:
    """What waits or is worked on, oldest first."""
    return GenerationJob.objects.filter(state__in=OPEN).order_by("pk")


def is_waiting() -> bool:
    """Whether there is work, and nobody is at it."""
    _free_the_dead()
    return open_jobs().exists() and not _is_any_running()


def claim(job_id: int | None = None) -> GenerationJob | None:
    """Take the oldest waiting job (or that one); None when there is none, or another one runs."""
    _free_the_dead()
    waiting = GenerationJob.objects.filter(state=State.QUEUED).order_by("pk")
    if job_id is not None:
        waiting = waiting.filter(pk=job_id)
    job = waiting.select_related("generation", "golden").first()
    if job is None or _is_any_running():
        return None
    token = worker_name()
    try:
        with transaction.atomic():
            taken = GenerationJob.objects.filter(pk=job.pk, state=State.QUEUED).update(
                state=State.RUNNING, worker=token, lease_until=clock.now() + LEASE
            )
    except IntegrityError:  # another worker was quicker
        return None
    job.state, job.worker = State.RUNNING, token
    return job if taken else None


def keep(job: GenerationJob, *, lease: timedelta = LEASE, **values: int | str) -> None:
    """Store how far the job is and keep its lease alive. Raises Ended when it was taken away."""
    if not _mine(job).update(lease_until=clock.now() + lease, **values):
        raise Ended
    for name, value in values.items():
        setattr(job, name, value)


@contextmanager
def stint(job: GenerationJob, *, is_loud: bool = False) -> Iterator[None]:
    """A while of work on a claimed job; at its end the job waits again, unless `finish` was called.

    A refusal fails the job with its reason; a passing fault lets it wait, and says what for. Who
    `is_loud` is told, too: a person waits for it. A worker that is told to stop gives it back. An
    outage of the database is raised, and ends with the lease.
    """
    try:
        yield
    except Ended:
        if is_loud:
            raise Conflict(_("It was stopped. What was embedded stays.")) from None
    except ClawdbotError as error:
        if isinstance(error, Retryable):
            _give_back(job, problem=error.message)
        else:
            _end(job, State.FAILED, problem=error.message)
        if is_loud:
            raise
    except Exception as error:
        if is_cut(error):
            raise  # once its lease has ended it goes on where it is
        logger.exception("work on generation %s failed (%s)", job.generation_id, job.kind)
        _end(job, State.FAILED, problem=_("Something went wrong. The log has the details."))
        if is_loud:
            raise
    except BaseException:
        _give_back(job, problem=job.problem)
        raise
    else:
        _give_back(job, problem="")


def finish(job: GenerationJob) -> None:
    """All of it is done."""
    _end(job, State.DONE, problem="")


def stop(generation: EmbeddingGeneration) -> int:
    """End what waits or runs for this generation; what was embedded stays. Returns how many."""
    return (
        open_jobs()
        .filter(generation=generation)
        .update(state=State.STOPPED, finished_at=clock.now(), lease_until=None)
    )


def ring() -> None:
    """Tell the workers, after the commit, that work waits. A lost bell is rung again soon."""
    doorbell.ring(WORK_ON_GENERATIONS, expires_s=60)


def _free_the_dead() -> None:
    """Jobs of workers that were silent for too long, or died on this machine, wait again."""
    for job in GenerationJob.objects.filter(state=State.RUNNING):
        is_silent = job.lease_until is None or job.lease_until < clock.now()
        if is_silent or died_here(job.worker):
            GenerationJob.objects.filter(pk=job.pk, state=State.RUNNING, worker=job.worker).update(
                state=State.QUEUED, worker="", lease_until=None
            )


def _is_any_running() -> bool:
    return GenerationJob.objects.filter(state=State.RUNNING).exists()


def _mine(job: GenerationJob) -> QuerySet[GenerationJob]:
    return GenerationJob.objects.filter(pk=job.pk, worker=job.worker, state=State.RUNNING)


def _give_back(job: GenerationJob, *, problem: str) -> None:
    _mine(job).update(state=State.QUEUED, worker="", lease_until=None, problem=problem)


def _end(job: GenerationJob, state: State, *, problem: str) -> None:
    _mine(job).update(state=state, problem=problem, lease_until=None, finished_at=clock.now())
