"""The model behind an embedding generation: where it lies on this node, and those that are loaded.

A process keeps the models that it uses. Once another one is used, those that were not used for a
while are let go: after a flip the old one leaves the memory with the first questions.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext as _

from apps.core import config
from apps.core.config import REPOSITORY
from apps.core.errors import Conflict
from apps.retrieval.cores import cores_for
from apps.retrieval.embedders import model_folder
from apps.retrieval.embedders.model_folder import ModelDescription
from apps.retrieval.model_files import ModelDamaged
from apps.retrieval.models import EmbeddingGeneration
from apps.retrieval.protocols import Embedder, EmbedderIdentity

KEPT_S = 60.0


@dataclass(slots=True)
class _Loaded:
    embedder: Embedder
    used: float  # time.monotonic


_models: dict[tuple[object, ...], _Loaded] = {}
_guard = threading.Lock()
_loading = threading.Lock()


def identity_of(generation: EmbeddingGeneration) -> EmbedderIdentity:
    """What makes vectors of this generation comparable."""
    return EmbedderIdentity(
        name=generation.model_name,
        model_sha256=generation.model_sha256,
        dimension=generation.dimension,
        pooling=generation.pooling,
        prefix=generation.prefix,
    )


def is_of(generation: EmbeddingGeneration, identity: EmbedderIdentity) -> bool:
    """Whether this model, whatever it is called, made the generation's vectors."""
    return _key(identity_of(generation)) == _key(identity)


def folder_at(location: str) -> Path:
    """The folder of a model; relative names are looked up in the program."""
    return (REPOSITORY / location).resolve()


def location_of(folder: Path) -> str:
    """How a generation remembers a folder: models of the program by their name inside it."""
    resolved = folder.resolve()
    is_ours = resolved.is_relative_to(REPOSITORY)
    return str(resolved.relative_to(REPOSITORY) if is_ours else resolved)


def model_of(generation: EmbeddingGeneration) -> tuple[Path, ModelDescription]:
    """Where its model is on this node: the configured one, or where it was when it was built.

    Loads nothing. Raises Conflict (`model_changed`) when neither is the model of these vectors.
    """
    places = [config.load().embedder_dir]
    if generation.location:
        places.append(folder_at(generation.location))
    for place in places:
        try:
            description = model_folder.describe(place)
        except ModelDamaged:
            continue
        if is_of(generation, description.identity):
            return place, description
    told = _(
        "The documents here were embedded with %(model)s, but that model is not in %(folders)s. "
        "Put its folder back there, or embed again with the model that model.embedder names: "
        "“clawdbot index switch”. Vectors of two models cannot be mixed."
    )
    folders = ", ".join(map(str, dict.fromkeys(places)))
    raise Conflict(told % {"model": generation, "folders": folders}, code="model_changed")


def problem_of(generation: EmbeddingGeneration) -> str:
    """Why its model cannot be used here; empty when it is loaded, or there to be loaded."""
    if _key(identity_of(generation)) in _models:
        return ""
    try:
        model_of(generation)
    except Conflict as error:
        return error.message
    return ""


def embedder_of(generation: EmbeddingGeneration) -> Embedder:
    """Its model, loaded at first use. Thread-safe. Raises Conflict (`model_changed`), ModelDamaged.

    Searches with a model that is loaded do not wait while another one loads.
    """
    key = _key(identity_of(generation))
    if found := _taken(key):
        return found
    with _loading:
        if found := _taken(key):
            return found
        place, description = model_of(generation)
        embedder = opened(place, description)
        with _guard:
            _models[key] = _Loaded(embedder, time.monotonic())
    return embedder


def opened(place: Path, description: ModelDescription) -> Embedder:
    """Load a model, with as many threads as resource.embed_threads. Raises ModelDamaged."""
    return _ADAPTERS[description.kind](place, cores_for(config.load().resource.embed_threads))


def release(*, unused_s: float = 0.0) -> None:
    """Let go of the models that were not used for so long. Whoever still holds one keeps it."""
    with _guard:
        _drop(time.monotonic() - unused_s)


def _taken(key: tuple[object, ...]) -> Embedder | None:
    with _guard:
        loaded = _models.get(key)
        if loaded is None:
            return None
        loaded.used = time.monotonic()
        if len(_models) > 1:
            _drop(loaded.used - KEPT_S)
        return loaded.embedder


def _drop(before: float) -> None:
    for key in [key for key, loaded in _models.items() if loaded.used < before]:
        del _models[key]


def _key(identity: EmbedderIdentity) -> tuple[object, ...]:
    return (identity.model_sha256, identity.dimension, identity.pooling, identity.prefix)


def _onnx(place: Path, threads: int) -> Embedder:
    from apps.retrieval.embedders.onnx import OnnxEmbedder  # heavy

    return OnnxEmbedder(place, threads=threads)


def _static(place: Path, _threads: int) -> Embedder:
    from apps.retrieval.embedders.static import StaticEmbedder  # heavy

    return StaticEmbedder(place)


def _sentence_transformers(place: Path, threads: int) -> Embedder:
    from apps.retrieval.embedders.sentence_transformers import SentenceTransformersEmbedder  # heavy

    return SentenceTransformersEmbedder(place, threads=threads)


_ADAPTERS: dict[str, Callable[[Path, int], Embedder]] = {
    "onnx": _onnx,
    "static": _static,
    "sentence-transformers": _sentence_transformers,
}
