"""Work on embedding generations: what may be asked for at a time. Worked off as in work_queue."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.core import clock
from apps.core.errors import Conflict
from apps.core.work_queue import Ended, WorkQueue
from apps.knowledge.models import Collection
from apps.retrieval.generation_records import GenerationJob
from apps.retrieval.generation_records import JobKind as Kind
from apps.retrieval.models import EmbeddingGeneration

WORK_ON_GENERATIONS = "evaluation.work_on_generations"
_queue = WorkQueue(
    GenerationJob, WORK_ON_GENERATIONS, timedelta(seconds=60), related=("generation", "golden")
)
State = GenerationJob.State
open_jobs = _queue.open_rows
is_waiting = _queue.is_waiting
claim = _queue.claim
keep = _queue.keep
finish = _queue.finish
ring = _queue.ring


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
    with transaction.atomic():  # else a worker may take it first
        claimed = claim(ask(kind, generation, by=None, golden=golden).pk)
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


@contextmanager
def stint(job: GenerationJob, *, is_loud: bool = False) -> Iterator[None]:
    """A stint of the queue; who `is_loud` gets Conflict, too, when somebody stopped it."""
    try:
        with _queue.stint(job, is_loud=is_loud):
            yield
    except Ended:
        raise Conflict(_("It was stopped. What was embedded stays.")) from None


def stop(generation: EmbeddingGeneration) -> int:
    """End what waits or runs for this generation; what was embedded stays. Returns how many."""
    return _queue.stop(Q(generation=generation))
