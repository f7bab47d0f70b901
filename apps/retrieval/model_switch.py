"""Changing the embedding model: every indexed text gets a vector of the configured one."""

import shutil
from collections.abc import Callable, Iterator

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from apps.core import config
from apps.knowledge.models import Chunk
from apps.retrieval import embedding, vectors
from apps.retrieval.embedders import model_folder
from apps.retrieval.index_files import folder_of, rebuild_request
from apps.retrieval.index_lock import write_lock
from apps.retrieval.index_rows import live_chunks
from apps.retrieval.models import EmbeddingGeneration, Vector

BATCH = 64  # texts between two writes, and two reports
State = EmbeddingGeneration.State


def is_due() -> bool:
    """Whether another model's vectors than the configured one's are the current ones."""
    return bool(embedding.searched_generation()[1])


def switch(report: Callable[[int, int], None]) -> int:
    """Make the configured model's vectors the current ones; returns how many were made.

    Tells `report` (done, all) before the first text and after each batch. A run that was cut short
    goes on where it was: until the end the old vectors are the current ones, then they are deleted
    in the same transaction. The indexer makes the index anew. Without a change nothing is done.
    """
    if not is_due():
        return 0
    identity = model_folder.describe(config.load().embedder_dir).identity
    generation = embedding.generation_of(identity, State.BUILDING)
    done = _fill(generation, report)
    retired = _make_current(generation)
    if late := _fill(generation, lambda *_: None):  # published by others in the meantime
        request = rebuild_request(folder_of(generation.pk))
        request.parent.mkdir(parents=True, exist_ok=True)
        request.touch()
    with write_lock() as is_held:
        if is_held:  # else somebody still writes there: the folder is left over
            for old in retired:
                shutil.rmtree(folder_of(old.pk), ignore_errors=True)
    return done + late


def _fill(generation: EmbeddingGeneration, report: Callable[[int, int], None]) -> int:
    total = _without_vector(generation).values("text_sha256").distinct().count()
    if not total:
        return 0
    model, done = embedding.embedder(), 0
    report(done, total)
    for texts in _batches(generation):
        hashes = vectors.missing(generation, texts)  # a text may stand in several chunks
        vectors.store(generation, hashes, model.embed([texts[one] for one in hashes]))
        done += len(hashes)
        report(done, max(done, total))
    return done


def _batches(generation: EmbeddingGeneration) -> Iterator[dict[str, str]]:
    last = 0
    while found := list(_without_vector(generation).filter(pk__gt=last).order_by("pk")[:BATCH]):
        last = found[-1].pk
        yield {chunk.text_sha256: chunk.indexed_text for chunk in found}


def _without_vector(generation: EmbeddingGeneration) -> QuerySet[Chunk]:
    stored = generation.vectors.filter(text_sha256=OuterRef("text_sha256"))
    return live_chunks().filter(~Exists(stored)).only("text_sha256", "context", "text")


@transaction.atomic
def _make_current(generation: EmbeddingGeneration) -> list[EmbeddingGeneration]:
    """Returns those that were current."""
    retired = list(EmbeddingGeneration.objects.filter(state=State.CURRENT))
    EmbeddingGeneration.objects.filter(state=State.CURRENT).update(state=State.RETIRED)
    EmbeddingGeneration.objects.filter(pk=generation.pk).update(state=State.CURRENT)
    Vector.objects.filter(generation__in=retired).delete()
    return retired
