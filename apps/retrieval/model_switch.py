"""Building a generation to its end, and what the configuration wants of the embedding model."""

from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from enum import StrEnum

from apps.core import config
from apps.knowledge.models import Collection
from apps.retrieval import (
    embedding,
    generation_building,
    generation_indexes,
    generation_jobs,
    generation_models,
    generation_switching,
)
from apps.retrieval.generation_records import GenerationJob, JobKind
from apps.retrieval.index_lock import write_lock
from apps.retrieval.models import EmbeddingGeneration

State = EmbeddingGeneration.State
Report = Callable[[int, int], None]
INDEX_S = 24 * 3600.0
INDEX_LEASE = timedelta(hours=6)  # while this process itself writes the index


class Standing(StrEnum):
    """How the configured model stands to the one that is searched."""

    SAME = "same"
    DUE = "due"  # it was never built: `up` builds it and switches
    WAITING = "waiting"  # it is built, or was in use before: an administrator decides
    DISCARDED = "discarded"  # an administrator gave it up


def standing() -> Standing:
    """Compare model.embedder with the current generation. Raises ModelDamaged."""
    identity = embedding.configured_identity()
    if generation_models.is_of(embedding.current_generation(), identity):
        return Standing.SAME
    known = configured_row()
    if known is None or known.state == State.BUILDING:
        return Standing.DUE
    return Standing.DISCARDED if known.state == State.DISCARDED else Standing.WAITING


def configured_row() -> EmbeddingGeneration | None:
    """The generation of the configured model, in whatever state; None: there is none yet."""
    identity = embedding.configured_identity()
    rows = EmbeddingGeneration.objects.all()
    return next((one for one in rows if generation_models.is_of(one, identity)), None)


def remember_place() -> None:
    """Note where the model in use lies, while the configuration still names it."""
    generation_building.remembered(embedding.current_generation(), config.load().embedder_dir)


def is_due() -> bool:
    """Whether model.embedder names another model than the one that is searched."""
    return standing() != Standing.SAME


def configured() -> EmbeddingGeneration:
    """The generation of the configured model, to be built if it is not. Raises ModelDamaged."""
    return generation_building.planned(config.load().embedder_dir)


def build(job: GenerationJob, report: Report, *, is_over: Callable[[], bool]) -> bool:
    """Give every text a vector of the job's generation, then every node an index of it.

    Returns whether all is done; ends early once `is_over`. Tells `report` (done, all) before the
    first text and after each batch. The job goes on where it was cut short; until the end nothing
    of what is searched changes. Raises Ended when it is stopped, Conflict when the disk is nearly
    full, Retryable while a node's index lags.
    """
    generation = _taken_up(job.generation)
    if generation.state == State.BUILDING:
        if not _fill(job, report, is_over):
            return False
        generation_building.mark_ready(generation)
    with closing(generation_building.complete(generation)) as late:  # published in the meantime
        for count in late:
            generation_jobs.keep(job, step="embed", done=job.done + count)
            if is_over():
                return False
    generation_jobs.keep(job, lease=INDEX_LEASE, step="index")
    generation_indexes.bring_up(
        generation,
        timeout_s=0.0 if is_over() else INDEX_S,
        keep=lambda: generation_jobs.keep(job),
    )
    generation_jobs.keep(job)
    return True


def build_at_once(
    generation: EmbeddingGeneration, report: Report, *, golden: Collection | None = None
) -> int:
    """Build without a pause, here; returns how many texts were embedded, by a run before, too.

    `golden`: whose questions measure it, should the workers have to end this. Raises Conflict when
    other work on generations is under way, and what `build` raises.
    """
    waiting = generation_jobs.take(JobKind.BUILD, generation, golden=golden)
    with generation_jobs.stint(waiting, is_loud=True):
        build(waiting, report, is_over=lambda: False)
        generation_jobs.finish(waiting)
    return waiting.done


def switch(report: Report) -> int:
    """Make the configured model the one that is searched; returns how many texts were embedded.

    The one before is kept for a way back, if its model still is where it was; else it is given up,
    since no question could be compared with its vectors. Without a change nothing is done.
    """
    if not is_due():
        return 0
    generation = configured()
    done = build_at_once(generation, report)
    generation.refresh_from_db()
    switch_to(generation)
    return done


def switch_to(generation: EmbeddingGeneration) -> None:
    """Flip; give up the generation before when its model has gone."""
    before = generation_switching.flip(generation, by=None)
    if not generation_models.problem_of(before):
        return
    generation_switching.clear_at_once(generation_switching.discard(before, by=None))
    with write_lock() as is_held:
        if is_held:  # else the indexer does it
            generation_indexes.remove_unfollowed()


def _taken_up(generation: EmbeddingGeneration) -> EmbeddingGeneration:
    """One that was given up, or left long ago, is built again from what it has."""
    is_kept = generation.state == State.RETIRED and generation == embedding.way_back()
    if generation.state in {State.DISCARDED, State.RETIRED} and not is_kept:
        EmbeddingGeneration.objects.filter(pk=generation.pk).update(state=State.BUILDING)
        generation.refresh_from_db()
    return generation


def _fill(job: GenerationJob, report: Report, is_over: Callable[[], bool]) -> bool:
    """Whether no text is without a vector now."""
    generation = job.generation
    if not job.total:
        generation_jobs.keep(job, step="embed", total=generation_building.missing_texts(generation))
    if job.total:
        generation_models.embedder_of(generation)
        report(job.done, job.total)
    for start in dict.fromkeys([job.cursor, 0]):  # a chunk before the key may have a new text
        with closing(generation_building.fill(generation, after=start)) as batches:
            for key, count in batches:
                done = job.done + count
                total = max(done, job.total)
                generation_jobs.keep(job, step="embed", cursor=key, done=done, total=total)
                report(done, total)
                if is_over():
                    return False
    return True
