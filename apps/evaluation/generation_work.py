"""Working on embedding generations in small stints, so that ingest gets its turns between them."""

import time
from collections.abc import Callable, Mapping

from apps.core.gates import Switch, SwitchKind
from apps.evaluation import gate
from apps.evaluation.generation_report import measure
from apps.retrieval import (
    generation_building,
    generation_jobs,
    generation_models,
    generation_switching,
    model_switch,
)
from apps.retrieval.generation_records import GenerationJob
from apps.retrieval.generation_records import JobKind as Kind
from apps.retrieval.models import EmbeddingGeneration
from ingest import selectors

IsOver = Callable[[], bool]


def work(stint_s: float) -> bool:
    """Go on with the oldest work for about so many seconds; returns whether to go on at once.

    Not while documents are taken in: then the schedule's next bell is early enough. Safe to call
    from anywhere at any time: one process works at a time, the others do nothing.
    """
    job = generation_jobs.claim()
    if job is None:
        return False
    until = time.monotonic() + stint_s
    with generation_jobs.stint(job):
        if _WORK[Kind(job.kind)](job, lambda: time.monotonic() > until):
            generation_jobs.finish(job)
            generation_models.release(unused_s=generation_models.KEPT_S)
    _remove_late_vectors(job)
    job.refresh_from_db()
    return not job.problem and generation_jobs.is_waiting() and not selectors.is_at_work()


def _remove_late_vectors(job: GenerationJob) -> None:
    """A build learns that its generation was discarded only after the batch it was at."""
    generation = EmbeddingGeneration.objects.get(pk=job.generation_id)
    if job.kind == Kind.BUILD:
        while generation_switching.remove_vectors(generation):
            pass


def _estimate(job: GenerationJob, _is_over: IsOver) -> bool:
    generation_building.estimate(job.generation)
    return True


def _build(job: GenerationJob, is_over: IsOver) -> bool:
    """Then measured, so that who decides sees figures, and what guards knows its own."""
    if job.step != "measure":
        if not model_switch.build(job, lambda done, total: None, is_over=is_over):
            return False
        generation_jobs.keep(job, step="measure", done=0, total=0)
    done = _measure(job, is_over)
    gate.measure_soon(Switch(SwitchKind.GENERATION, {"generation": job.generation_id}))
    return done


def _complete(job: GenerationJob, is_over: IsOver) -> bool:
    for count in generation_building.complete(job.generation):
        generation_jobs.keep(job, step="embed", done=job.done + count)
        if is_over():
            return False
    return True


def _measure(job: GenerationJob, _is_over: IsOver) -> bool:
    """In one go: figures of questions that were asked at different times do not compare."""

    def progress(stage: str, done: int, total: int) -> None:
        generation_jobs.keep(job, step=stage, done=done, total=total)

    measure(job.generation, job.golden, progress=progress)
    return True


def _discard(job: GenerationJob, is_over: IsOver) -> bool:
    while gone := generation_switching.remove_vectors(job.generation):
        generation_jobs.keep(job, step="discard", done=job.done + gone)
        if is_over():
            return False
    return True


def _nothing(_job: GenerationJob, _is_over: IsOver) -> bool:
    """Done in the transaction that asked for it."""
    return True


_WORK: Mapping[Kind, Callable[[GenerationJob, IsOver], bool]] = {
    Kind.ESTIMATE: _estimate,
    Kind.BUILD: _build,
    Kind.COMPLETE: _complete,
    Kind.MEASURE: _measure,
    Kind.DISCARD: _discard,
    Kind.SWITCH: _nothing,
    Kind.ROLLBACK: _nothing,
}
