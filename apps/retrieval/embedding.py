"""Which generation's vectors are searched, and making vectors for questions and for new texts."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice

from django.db import IntegrityError, transaction

from apps.core import config
from apps.core.errors import ClawdbotError, Conflict
from apps.retrieval import generation_models, vectors
from apps.retrieval.embedders import model_folder
from apps.retrieval.model_files import ModelDamaged
from apps.retrieval.models import EmbeddingGeneration
from apps.retrieval.protocols import Embedder, EmbedderIdentity, Vectors

logger = logging.getLogger(__name__)
State = EmbeddingGeneration.State

BATCH = 256  # texts between two writes: about two seconds of work on two cores
# What a model that is not searched yet may fail with, without holding up what is taken in.
_SECOND_MODEL_FAILURES = (ClawdbotError, OSError, RuntimeError, ValueError, ImportError)


def embedder() -> Embedder:
    """The model of the current generation, loaded at first use. Thread-safe.

    Raises ModelDamaged, and Conflict (`model_changed`) when it is not on this node.
    """
    return generation_models.embedder_of(current_generation())


def current_generation() -> EmbeddingGeneration:
    """The generation that is searched: the configured model's, made current if there is none.

    Does not load the model, nor look for it. Raises ModelDamaged when there is neither.
    """
    return _current() or _make_current(configured_identity())


def searched_generation() -> tuple[EmbeddingGeneration, str]:
    """The generation that is searched, and why its model cannot embed here; empty when it can."""
    generation = current_generation()
    return generation, generation_models.problem_of(generation)


def is_current(generation: EmbeddingGeneration) -> bool:
    """Whether it is the one that is searched now, whatever the row at hand says."""
    return EmbeddingGeneration.objects.filter(pk=generation.pk, state=State.CURRENT).exists()


def embedded_generation() -> EmbeddingGeneration:
    """The current generation, when new texts can get their vectors here.

    Raises Conflict (`model_changed`) when its model is not on this node: two models' vectors
    cannot be compared and are never mixed.
    """
    generation, problem = searched_generation()
    if problem:
        raise Conflict(problem, code="model_changed")
    return generation


def followed_generations() -> list[EmbeddingGeneration]:
    """Those whose indexes a node keeps up to date: the one that is searched comes first.

    Then those that could be switched to, and the one that was searched before, for the way back.
    """
    ready = EmbeddingGeneration.objects.filter(state=State.READY).order_by("pk")
    before = way_back()
    return [current_generation(), *ready, *([before] if before else [])]


def way_back() -> EmbeddingGeneration | None:
    """The generation that was searched before the current one, if it is kept."""
    retired = EmbeddingGeneration.objects.filter(state=State.RETIRED, switched_at__isnull=False)
    return retired.order_by("-switched_at", "-pk").first()


def configured_identity() -> EmbedderIdentity:
    """Of the model that model.embedder names. Raises ModelDamaged."""
    return model_folder.describe(config.load().embedder_dir).identity


def configured_name() -> str:
    """What model.embedder names, as people call it; the folder where there is no model in it."""
    try:
        return configured_identity().name
    except ModelDamaged:
        return config.load().model.embedder


def generation_of(
    identity: EmbedderIdentity, state: EmbeddingGeneration.State, *, location: str
) -> EmbeddingGeneration:
    """The model's generation, made if there is none, in that state now, its model at `location`."""
    generation, _ = EmbeddingGeneration.objects.update_or_create(
        model_sha256=identity.model_sha256,
        dimension=identity.dimension,
        pooling=identity.pooling,
        prefix=identity.prefix,
        defaults={"model_name": identity.name, "state": state, "location": location},
    )
    return generation


def embed_missing(texts: Mapping[str, str]) -> int:
    """Store vectors for those of `texts` (text_sha256 -> indexed text) that have none yet.

    Returns how many were embedded. Safe to repeat and to run in several workers; what a run cut
    short has stored stays. Holds no transaction while the model runs. A generation that waits to be
    switched to gets its vectors, too: what fails there is noted, and made up for before a switch.
    """
    count = embed_for(embedded_generation(), texts)
    for waiting in EmbeddingGeneration.objects.filter(state=State.READY):
        try:
            embed_for(waiting, texts)
        except _SECOND_MODEL_FAILURES:
            logger.exception("%s texts have no vector of %s yet", len(texts), waiting)
    return count


def embed_for(generation: EmbeddingGeneration, texts: Mapping[str, str]) -> int:
    """Store the vectors of one generation that are missing; returns how many. Raises Conflict."""
    missing = iter(vectors.missing(generation, list(texts)))
    count = 0
    while batch := list(islice(missing, BATCH)):
        model = generation_models.embedder_of(generation)
        matrix = model.embed([texts[text_sha256] for text_sha256 in batch])
        vectors.store(generation, batch, matrix)
        count += len(batch)
    return count


def embed_query(text: str, generation: EmbeddingGeneration) -> Vectors:
    """The vector of a question by the generation's own model: float32, shape (dimension,),
    length 1, read-only; cached. Raises Conflict (`model_changed`), ModelDamaged."""
    return _question(_Asked(text, generation_models.identity_of(generation), generation))


def forget_queries() -> None:
    """Have every question embedded again: for measuring."""
    _question.cache_clear()


@dataclass(frozen=True, slots=True)
class _Asked:
    text: str
    identity: EmbedderIdentity
    generation: EmbeddingGeneration = field(compare=False)


@lru_cache(maxsize=2048)
def _question(asked: _Asked) -> Vectors:
    model = generation_models.embedder_of(asked.generation)
    vector: Vectors = model.embed_question(asked.text)
    vector.setflags(write=False)
    return vector


def _current() -> EmbeddingGeneration | None:
    return EmbeddingGeneration.objects.filter(state=State.CURRENT).first()


def _make_current(identity: EmbedderIdentity) -> EmbeddingGeneration:
    """Two processes may get here together: the database lets one of them make the row current."""
    location = generation_models.location_of(config.load().embedder_dir)
    try:
        with transaction.atomic():
            return generation_of(identity, State.CURRENT, location=location)
    except IntegrityError:
        return EmbeddingGeneration.objects.get(state=State.CURRENT)
