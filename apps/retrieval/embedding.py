"""The embedder of this process, and which vectors are the current ones."""

import threading
from collections.abc import Mapping
from functools import lru_cache
from itertools import islice

from django.db import IntegrityError, transaction

from apps.core import config
from apps.core.errors import Conflict
from apps.retrieval import vectors
from apps.retrieval.cores import cores_for
from apps.retrieval.embedders import model_folder
from apps.retrieval.models import EmbeddingGeneration
from apps.retrieval.protocols import Embedder, EmbedderIdentity, Vectors

_BATCH = 256  # texts between two writes: about two seconds of work on two cores
_loading = threading.Lock()


def embedder() -> Embedder:
    """The one embedder of this process, loaded at first use. Thread-safe. Raises ModelDamaged."""
    with _loading:
        return _load()


@lru_cache(maxsize=1)
def _load() -> Embedder:
    settings = config.load()
    if model_folder.describe(settings.embedder_dir).kind == "static":
        from apps.retrieval.embedders.static import StaticEmbedder  # heavy

        return StaticEmbedder(settings.embedder_dir)
    from apps.retrieval.embedders.onnx import OnnxEmbedder  # heavy

    return OnnxEmbedder(settings.embedder_dir, threads=cores_for(settings.resource.embed_threads))


def current_generation() -> EmbeddingGeneration:
    """The generation that is searched: the configured model's, made current if there is none.

    Does not load the model. Raises Conflict (`model_changed`) when another model's vectors are the
    current ones: two models' vectors cannot be compared and are never mixed.
    """
    generation, problem = searched_generation()
    if problem:
        raise Conflict(problem, code="model_changed")
    return generation


def searched_generation() -> tuple[EmbeddingGeneration, str]:
    """The generation whose index is searched, and why its vectors cannot be; empty when they can.

    Does not load the model.
    """
    identity = model_folder.describe(config.load().embedder_dir).identity
    current = _current() or _make_current(identity)
    if _is_of(current, identity):
        return current, ""
    return current, (
        f"The documents here were embedded with {current}, but model.embedder is now "
        f"{identity.name} ({identity.model_sha256[:8]}). Vectors of two models cannot be mixed: "
        "embed again with `clawdbot index switch`, or set model.embedder back, and restart."
    )


def followed_generations() -> list[EmbeddingGeneration]:
    """Those whose indexes a node keeps up to date: the one that is searched comes first."""
    return [current_generation()]


def generation_of(
    identity: EmbedderIdentity, state: EmbeddingGeneration.State
) -> EmbeddingGeneration:
    """The model's generation, made if there is none, in that state now."""
    generation, _ = EmbeddingGeneration.objects.update_or_create(
        model_sha256=identity.model_sha256,
        dimension=identity.dimension,
        pooling=identity.pooling,
        prefix=identity.prefix,
        defaults={"model_name": identity.name, "state": state},
    )
    return generation


def embed_missing(texts: Mapping[str, str]) -> int:
    """Store vectors for those of `texts` (text_sha256 -> indexed text) that have none yet.

    Returns how many were embedded. Safe to repeat and to run in several workers; what a run cut
    short has stored stays. Holds no transaction while the model runs.
    """
    generation = current_generation()
    missing = iter(vectors.missing(generation, list(texts)))
    count = 0
    while batch := list(islice(missing, _BATCH)):
        matrix = embedder().embed([texts[text_sha256] for text_sha256 in batch])
        vectors.store(generation, batch, matrix)
        count += len(batch)
    return count


@lru_cache(maxsize=2048)
def embed_query(text: str) -> Vectors:
    """The vector of a question: float32, shape (dimension,), length 1, read-only; cached."""
    vector: Vectors = embedder().embed([text])[0]
    vector.setflags(write=False)
    return vector


def _current() -> EmbeddingGeneration | None:
    return EmbeddingGeneration.objects.filter(state=EmbeddingGeneration.State.CURRENT).first()


def _make_current(identity: EmbedderIdentity) -> EmbeddingGeneration:
    """Two processes may get here together: the database lets one of them make the row current."""
    state = EmbeddingGeneration.State.CURRENT
    try:
        with transaction.atomic():
            return generation_of(identity, state)
    except IntegrityError:
        return EmbeddingGeneration.objects.get(state=state)


def _is_of(generation: EmbeddingGeneration, identity: EmbedderIdentity) -> bool:
    stored = (generation.model_sha256, generation.dimension, generation.pooling, generation.prefix)
    return stored == (
        identity.model_sha256,
        identity.dimension,
        identity.pooling,
        identity.prefix,
    )
