"""What a search looks in: one generation's index, and the model of the same generation.

Both come from one row, so a question's vector always has the dimension of what it is compared with,
also while another generation is built, switched to or given up.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING

from apps.core.errors import ClawdbotError
from apps.retrieval import embedding, generation_models
from apps.retrieval.models import EmbeddingGeneration
from apps.retrieval.protocols import Vectors
from apps.retrieval.shared_vectors import kept_dimension

if TYPE_CHECKING:
    from apps.retrieval.index_snapshot import Snapshot
    from apps.retrieval.manifest import Manifest


@dataclass(frozen=True, slots=True, eq=False)
class Searched:
    """A generation with its index, `snapshot`; None: it is not on this node.

    `words_only`: why the vectors cannot be searched; empty: they can. `note`: what else the asker
    should be told. `languages`: in which the vectors mean something.
    """

    generation: EmbeddingGeneration
    snapshot: "Snapshot | None"
    words_only: str = ""
    note: str = ""
    languages: frozenset[str] = frozenset({"en", "zh"})

    def vector_of(self, query: str) -> Vectors:
        """The query's vector, made by this generation's model. Raises ClawdbotError."""
        return embedding.embed_query(query, self.generation)


_tried: ContextVar[EmbeddingGeneration | None] = ContextVar("tried", default=None)


@contextmanager
def generation_tried(generation: EmbeddingGeneration) -> Iterator[None]:
    """Inside, for this thread alone, that generation is searched: to measure one that waits."""
    token = _tried.set(generation)
    try:
        yield
    finally:
        _tried.reset(token)


def current() -> Searched:
    """The current generation; where its index is not on this node yet, the one before, if it is.

    A node that was away during a switch answers as it did until its indexer has caught up.
    """
    if tried := _tried.get():
        return searched_in(tried)
    searched = searched_in(embedding.current_generation())
    if searched.snapshot is not None:
        return searched
    before = embedding.way_back()
    other = searched_in(before) if before else None
    if other is None or other.snapshot is None or other.words_only:
        return searched
    note = f"index: that of {searched.generation} is not on this node yet; the one before is used"
    return Searched(other.generation, other.snapshot, note=note, languages=other.languages)


def searched_in(generation: EmbeddingGeneration) -> Searched:
    """That generation, whether or not it is the current one."""
    from apps.retrieval.index_snapshot import current_snapshot  # heavy

    snapshot = current_snapshot(generation.pk)
    problem = generation_models.problem_of(generation)
    if not problem and snapshot and _is_foreign(snapshot.manifest, generation):
        problem = "the index is of another model and is being made anew"
    if problem:
        return Searched(generation, snapshot, words_only=problem)
    return Searched(generation, snapshot, languages=_languages(generation))


def _is_foreign(manifest: "Manifest", generation: EmbeddingGeneration) -> bool:
    """Of another model, or from before vectors moved into Milvus or out of it."""
    wanted = (generation.model_sha256, kept_dimension(generation))
    return (manifest.model_sha256, manifest.dimension) != wanted


def _languages(generation: EmbeddingGeneration) -> frozenset[str]:
    try:
        return generation_models.model_of(generation)[1].languages
    except ClawdbotError:  # its folder has gone since it was loaded
        return generation_models.embedder_of(generation).languages
