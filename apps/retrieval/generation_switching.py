"""Switching to another generation, going back, and giving one up: each in one transaction."""

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.core import clock
from apps.core.errors import Conflict, NotFound
from apps.core.gates import Switch, SwitchKind, require_open
from apps.retrieval import embedding, generation_indexes, generation_jobs, generation_models
from apps.retrieval.generation_records import GenerationJob
from apps.retrieval.generation_records import JobKind as Kind
from apps.retrieval.models import EmbeddingGeneration, Vector

State = EmbeddingGeneration.State
_SLICE = 5_000  # vectors deleted in one statement


def generation_get(generation_id: int) -> EmbeddingGeneration:
    """By the number that `clawdbot index generations` shows. Raises NotFound."""
    found = EmbeddingGeneration.objects.filter(pk=generation_id).first()
    if found is None:
        told = _("There is no embedding model number %(number)s. See: clawdbot index generations")
        raise NotFound(told % {"number": generation_id})
    return found


def flip(generation: EmbeddingGeneration, *, by: User | None) -> EmbeddingGeneration:
    """Search with this generation from the commit on; returns the one before, kept for a way back.

    Its vectors and its index are there before, on every node, so no search is worse for the switch.
    Raises Conflict when that is not so, when its model is not here, or a gate is in the way
    (apps.core.gates); the way back has none.
    """
    is_back = generation == embedding.way_back()
    if generation.state != State.READY and not is_back:
        raise Conflict(_why_not(generation))
    _require_model(generation)
    if not is_back and (waiting := generation_indexes.waited_for(generation)):
        told = _(
            "The index of %(model)s is not complete on %(nodes)s yet. Try again in a moment; "
            "`clawdbot index generations` shows how far it is."
        )
        raise Conflict(told % {"model": generation, "nodes": ", ".join(waiting)})
    if not is_back:
        require_open(Switch(SwitchKind.GENERATION, {"generation": generation.pk}), by=by)
    return _exchange(generation, Kind.SWITCH, by=by)


def rollback(*, by: User | None) -> EmbeddingGeneration:
    """Search with the generation before again, from the commit on; returns it.

    Texts that were published since get their vectors in the background; until then words find
    them. Raises Conflict when there is none, or its model is not here.
    """
    generation = embedding.way_back()
    if generation is None:
        raise Conflict(
            _("There is no model to go back to: none was in use before, or it was discarded.")
        )
    _require_model(generation)
    _exchange(generation, Kind.ROLLBACK, by=by)
    generation.refresh_from_db()
    return generation


@transaction.atomic
def discard(generation: EmbeddingGeneration, *, by: User | None) -> GenerationJob:
    """Give a generation up. Its vectors go in the background, its index folders with the next
    look of each node's indexer. Raises Conflict for the one that is searched."""
    done = EmbeddingGeneration.objects.filter(pk=generation.pk).exclude(
        state__in=[State.CURRENT, State.DISCARDED]
    )
    if not done.update(state=State.DISCARDED, report={}, built_at=None, switched_at=None):
        raise Conflict(_("This model is in use: switch to another one first, then discard it."))
    generation_jobs.stop(generation)
    generation.refresh_from_db()
    return generation_jobs.ask(Kind.DISCARD, generation, by=by)


def clear_at_once(job: GenerationJob) -> None:
    """Do the rest of a discard here, unless a worker is at it already."""
    if claimed := generation_jobs.claim(job.pk):
        with generation_jobs.stint(claimed):
            while gone := remove_vectors(claimed.generation):
                generation_jobs.keep(claimed, step="discard", done=claimed.done + gone)
            generation_jobs.finish(claimed)


def remove_vectors(generation: EmbeddingGeneration) -> int:
    """Delete the next slice of a discarded generation's vectors; returns how many, 0 at the end."""
    keys = Vector.objects.filter(generation=generation).order_by("pk").values_list("pk", flat=True)
    chosen = list(keys[:_SLICE])
    if not chosen or generation.state != State.DISCARDED:
        return 0
    between = Vector.objects.filter(generation=generation, pk__gte=chosen[0], pk__lte=chosen[-1])
    # Nothing refers to a vector: no rows need to be read before they go.
    return between._raw_delete(between.db)


@transaction.atomic
def _exchange(
    generation: EmbeddingGeneration, kind: Kind, *, by: User | None
) -> EmbeddingGeneration:
    now, rows = clock.now(), EmbeddingGeneration.objects
    before = rows.select_for_update().get(state=State.CURRENT)
    rows.filter(pk=before.pk).update(state=State.RETIRED, switched_at=now)
    try:
        with transaction.atomic():
            taken = rows.filter(pk=generation.pk, state__in=[State.READY, State.RETIRED]).update(
                state=State.CURRENT, switched_at=now
            )
    except IntegrityError:
        taken = 0
    if not taken:
        raise Conflict(
            _("Somebody else has switched just now. Look at what is in use, then decide.")
        )
    generation_jobs.record(kind, generation, by=by)
    generation_jobs.ask(Kind.COMPLETE, generation, by=by)
    generation.refresh_from_db()
    return rows.get(pk=before.pk)


def _require_model(generation: EmbeddingGeneration) -> None:
    if problem := generation_models.problem_of(generation):
        raise Conflict(problem, code="model_changed")


def _why_not(generation: EmbeddingGeneration) -> str:
    reasons = {
        State.CURRENT: _("%(model)s is in use already."),
        State.BUILDING: _("%(model)s is not built yet."),
    }
    told = reasons.get(State(generation.state)) or _(
        "%(model)s is not kept up to date any more: build it again first. What it has of vectors "
        "counts."
    )
    return told % {"model": generation}
