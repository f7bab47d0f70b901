"""The vectors of the database compared with the chunks that need them."""

from collections.abc import Iterator, Sequence
from typing import TypeVar

from django.db.models import Exists, OuterRef, QuerySet

from apps.knowledge.models import Chunk
from apps.retrieval.index_rows import live_chunks
from apps.retrieval.models import EmbeddingGeneration, Vector
from apps.retrieval.verifying.findings import Drift, Findings, Place
from apps.retrieval.verifying.suspects import Suspects
from apps.retrieval.verifying.truth import Truth

_AT_ONCE = 900  # keys of one query
_DISCARDED = EmbeddingGeneration.State.DISCARDED
Key = TypeVar("Key")


def unused_texts(generation: EmbeddingGeneration) -> list[str]:
    """Hashes of texts that have a vector of this generation, and no chunk."""
    found = _unused(generation).values_list("text_sha256", flat=True)
    return list(found.iterator(chunk_size=10_000))


def note_unused(
    generation: EmbeddingGeneration, texts: Sequence[str], findings: Findings, suspects: Suspects
) -> None:
    """Note those of `texts` that are still unused: a purge may have been at work."""
    for part in _slices(texts):
        still = list(
            _unused(generation).filter(text_sha256__in=part).values_list("text_sha256", flat=True)
        )
        findings.add(Place.VECTORS, Drift.ORPHAN, (f"vector of text {text}" for text in still))
        suspects.unused.update(still)


def note_missing(
    generation: EmbeddingGeneration, truth: Truth, findings: Findings, suspects: Suspects
) -> None:
    """Note the live chunks without a vector; one that is not sound was told of before.

    Only of the generation that is searched: one that waits, or is kept for a way back, gets what it
    lacks before it is switched to.
    """
    if generation.state != EmbeddingGeneration.State.CURRENT:
        return
    stored = generation.vectors.filter(text_sha256=OuterRef("text_sha256"))
    for part in _slices(truth.chunk_ids[~truth.has_vector].tolist()):
        chunks = live_chunks().filter(pk__in=part).annotate(is_stored=Exists(stored))
        found = list(chunks.values_list("pk", "version_id", "is_stored"))
        missing = [pk for pk, _, is_stored in found if not is_stored]
        findings.add(Place.VECTORS, Drift.MISSING, (f"vector of chunk {pk}" for pk in missing))
        suspects.unembedded.update(pk for pk, _, _ in found)
        suspects.publish(version for _, version, _ in found)


def note_stale(findings: Findings) -> None:
    """Note the vectors of embedding generations that nobody keeps."""
    for generation in EmbeddingGeneration.objects.filter(state=_DISCARDED):
        if count := generation.vectors.count():
            findings.add(Place.VECTORS, Drift.STALE, [f"vectors of {generation}"], count=count)


def remove_stale() -> int:
    """Delete these vectors; returns how many. Safe to repeat; a kill in between loses nothing."""
    stale = Vector.objects.filter(generation__state=_DISCARDED)
    removed = 0
    while part := list(stale.values_list("pk", flat=True)[:_AT_ONCE]):
        removed += Vector.objects.filter(pk__in=part).delete()[0]
    return removed


def _unused(generation: EmbeddingGeneration) -> QuerySet[Vector]:
    used = Chunk.objects.filter(text_sha256=OuterRef("text_sha256"))
    return Vector.objects.filter(~Exists(used), generation=generation)


def _slices(keys: Sequence[Key]) -> Iterator[Sequence[Key]]:
    for start in range(0, len(keys), _AT_ONCE):
        yield keys[start : start + _AT_ONCE]
