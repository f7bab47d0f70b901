"""What an administrator may do with an embedding model, when, and what it will do, in words."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.accounts.models import User
from apps.core.errors import Conflict, Invalid
from apps.knowledge.models import Collection
from apps.retrieval import (
    embedding,
    generation_building,
    generation_jobs,
    generation_models,
    generation_switching,
)
from apps.retrieval.embedders import model_folder
from apps.retrieval.generation_records import GenerationJob
from apps.retrieval.generation_records import JobKind as Kind
from apps.retrieval.models import EmbeddingGeneration

State = EmbeddingGeneration.State


@dataclass(frozen=True, slots=True)
class Chosen:
    """Who does it, and with whose golden questions it is measured."""

    by: User
    golden: Collection | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """Something that can be done: its button, what it means, what it does, what is said then."""

    label: Any
    meaning: Any
    act: Callable[[EmbeddingGeneration, Chosen], object]
    done: Any
    asks_golden: bool = False
    is_dangerous: bool = False


def plan(location: str, *, by: User) -> EmbeddingGeneration:
    """Take a model's folder in, and have it tried on a few texts. Raises Invalid, ModelDamaged,
    Conflict when it is built or being built already."""
    if not location.strip():
        raise Invalid(_("Write the folder of the model on this server."))
    folder = generation_models.folder_at(location.strip())
    if not model_folder.is_one(folder):
        told = _("There is no embedding model in %(folder)s: no model.json, no modules.json.")
        raise Invalid(told % {"folder": folder})
    generation = generation_building.planned(folder)
    if generation.state != State.BUILDING:
        raise Conflict(
            _("%(model)s is there already: see its card.") % {"model": generation.model_name}
        )
    generation_jobs.ask(Kind.ESTIMATE, generation, by=by)
    return generation


def steps_of(generation: EmbeddingGeneration) -> dict[str, Step]:
    """What can be done with it now, the likeliest first."""
    return {name: STEPS[name] for name in _names(generation, open_job_of(generation))}


def open_job_of(generation: EmbeddingGeneration) -> GenerationJob | None:
    """What waits or is worked on, the oldest. No query where `jobs` are prefetched."""
    return min(
        (job for job in generation.jobs.all() if job.is_open), key=attrgetter("pk"), default=None
    )


def _names(generation: EmbeddingGeneration, job: GenerationJob | None) -> list[str]:
    if job is not None and job.kind != Kind.COMPLETE:
        return [] if job.kind == Kind.DISCARD else ["stop"]
    if generation.state == State.BUILDING:
        return ["build", "discard"] if "estimate" in generation.report else ["estimate", "discard"]
    if generation.state == State.READY:
        return ["switch", "measure", "discard"]
    if generation.state == State.RETIRED:
        is_back = generation == embedding.way_back()
        return ["back", "measure", "discard"] if is_back else ["build", "discard"]
    return ["estimate"] if generation.state == State.DISCARDED else []


def _estimate(generation: EmbeddingGeneration, chosen: Chosen) -> None:
    generation_building.planned(generation_models.folder_at(generation.location))
    generation_jobs.ask(Kind.ESTIMATE, generation, by=chosen.by)


def _build(generation: EmbeddingGeneration, chosen: Chosen) -> None:
    if not generation.report.get("estimate", {}).get("has_room", True):
        raise Conflict(_("The disk has no room for it. Free some space, then estimate again."))
    generation_jobs.ask(Kind.BUILD, generation, by=chosen.by, golden=chosen.golden)


def _measure(generation: EmbeddingGeneration, chosen: Chosen) -> None:
    generation_jobs.ask(Kind.MEASURE, generation, by=chosen.by, golden=chosen.golden)


STEPS: Mapping[str, Step] = {
    "estimate": Step(
        gettext_lazy("Estimate"),
        gettext_lazy("A few texts are embedded to see how long all of them would take."),
        _estimate,
        gettext_lazy("It is being tried on a few texts."),
    ),
    "build": Step(
        gettext_lazy("Build it"),
        gettext_lazy(
            "Every text gets a vector of this model, and every node an index of it, beside what is "
            "in use. Questions are answered as before. It can be stopped, and goes on from there."
        ),
        _build,
        gettext_lazy("Building has begun. This page shows how far it is."),
        asks_golden=True,
    ),
    "measure": Step(
        gettext_lazy("Measure"),
        gettext_lazy(
            "The golden questions are asked in both models. Nothing is changed, nothing recorded."
        ),
        _measure,
        gettext_lazy("It is being measured. This page shows how far it is."),
        asks_golden=True,
    ),
    "switch": Step(
        gettext_lazy("Switch to it"),
        gettext_lazy(
            "From the next question on, all searches use this model. The one in use now is kept "
            "with its vectors and its index, so that you can go back at once."
        ),
        lambda generation, chosen: generation_switching.flip(generation, by=chosen.by),
        gettext_lazy("It is in use now."),
    ),
    "back": Step(
        gettext_lazy("Go back to it"),
        gettext_lazy(
            "From the next question on, all searches use this model again. Texts that came since "
            "the switch get their vectors in the background; words find them until then."
        ),
        lambda _generation, chosen: generation_switching.rollback(by=chosen.by),
        gettext_lazy("It is in use again."),
    ),
    "stop": Step(
        gettext_lazy("Stop"),
        gettext_lazy("What was embedded so far stays, and counts when you go on."),
        lambda generation, _chosen: generation_jobs.stop(generation),
        gettext_lazy("It was stopped."),
    ),
    "discard": Step(
        gettext_lazy("Discard"),
        gettext_lazy(
            "Its vectors and its indexes are deleted on every node; the model's own folder stays. "
            "To use it later, all texts have to be embedded again."
        ),
        lambda generation, chosen: generation_switching.discard(generation, by=chosen.by),
        gettext_lazy("It is being cleared away."),
        is_dangerous=True,
    ),
}
