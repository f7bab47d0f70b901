"""Building a generation beside the one that is searched: what it will cost, then text by text."""

import shutil
import time
from collections.abc import Generator
from dataclasses import asdict, dataclass
from pathlib import Path

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from apps.core import clock, config
from apps.core.errors import Conflict
from apps.core.sizes import parse_size
from apps.knowledge import changes
from apps.knowledge.models import Chunk, Version, VersionState
from apps.knowledge.publishing import versions_announce
from apps.retrieval import embedding, generation_models
from apps.retrieval import manifest as manifests
from apps.retrieval.embedders import model_folder
from apps.retrieval.index_files import Damaged, folder_of
from apps.retrieval.index_rows import live_chunks
from apps.retrieval.models import EmbeddingGeneration

State = EmbeddingGeneration.State
BATCH = 64  # texts between two writes, and two reports
SAMPLE = 48  # texts that are embedded for an estimate
_ROW_BYTES = 250  # of a stored vector beside its numbers: hash, keys, two indexes
_INDEX_ROW_BYTES = 40


@dataclass(frozen=True, slots=True)
class Estimate:
    """What building will take. `texts` have no vector yet; `free_bytes` of the data folder's disk,
    of which `spare_bytes` must be left."""

    texts: int
    per_second: float
    seconds: float
    vector_bytes: int
    index_bytes: int
    free_bytes: int
    spare_bytes: int

    @property
    def has_room(self) -> bool:
        """Whether the disk has what building writes."""
        return self.vector_bytes + self.index_bytes + self.spare_bytes <= self.free_bytes


def planned(folder: Path) -> EmbeddingGeneration:
    """The generation of the model in `folder`, to be built; as it is when it is built already.

    Does not load the model. Raises ModelDamaged.
    """
    identity = model_folder.describe(folder.resolve()).identity
    embedding.current_generation()  # a fresh installation begins with the configured one
    for known in EmbeddingGeneration.objects.filter(
        model_sha256=identity.model_sha256,
        dimension=identity.dimension,
        pooling=identity.pooling,
        prefix=identity.prefix,
    ).exclude(state=State.DISCARDED):
        return remembered(known, folder)
    location = generation_models.location_of(folder)
    return embedding.generation_of(identity, State.BUILDING, location=location)


def remembered(generation: EmbeddingGeneration, folder: Path) -> EmbeddingGeneration:
    """The generation with the place where its model was seen."""
    generation.location = generation_models.location_of(folder)
    generation.save(update_fields=["location"])
    return generation


def estimate(generation: EmbeddingGeneration) -> Estimate:
    """Embed a few texts to see how fast the model is here; stored in the generation's report.

    Takes seconds. Raises what loading the model raises.
    """
    waiting = missing_texts(generation)
    per_second = _measured_speed(generation, waiting) if waiting else 0.0
    settings = config.load()
    is_beside = settings.database.url == "sqlite"  # else vectors lie on the database's disk
    rows = live_chunks().count()
    found = Estimate(
        texts=waiting,
        per_second=round(per_second, 1),
        seconds=round(waiting / per_second, 1) if per_second else 0.0,
        vector_bytes=waiting * (2 * generation.dimension + _ROW_BYTES) * is_beside,
        index_bytes=rows * (2 * generation.dimension + _INDEX_ROW_BYTES) + _bytes_of_words(),
        free_bytes=shutil.disk_usage(settings.data_dir).free,
        spare_bytes=parse_size(settings.storage.min_free),
    )
    note(generation, estimate=asdict(found) | {"has_room": found.has_room})
    return found


def fill(
    generation: EmbeddingGeneration, *, after: int = 0
) -> Generator[tuple[int, int], None, None]:
    """Embed what has no vector, in the order of the chunks' keys, from the one behind `after` on.

    Yields (key reached, texts embedded) after each batch, which is stored then: who goes on later
    with that key embeds nothing twice. Holds no transaction while the model runs. Raises Conflict
    before the disk is full.
    """
    while found := list(without_vector(generation).filter(pk__gt=after).order_by("pk")[:BATCH]):
        _require_room(generation)
        after = found[-1].pk
        texts = {chunk.text_sha256: chunk.indexed_text for chunk in found}
        yield after, embedding.embed_for(generation, texts)


def complete(generation: EmbeddingGeneration) -> Generator[int, None, None]:
    """Embed what was published without a vector of a generation whose index is there already.

    The versions are announced: every index reads them again, now with their vectors. Yields the
    number of texts after each batch.
    """
    while found := list(without_vector(generation).order_by("pk")[:BATCH]):
        texts = {chunk.text_sha256: chunk.indexed_text for chunk in found}
        count = embedding.embed_for(generation, texts)
        _announce({chunk.version_id for chunk in found})
        yield count


def mark_ready(generation: EmbeddingGeneration) -> None:
    """From now on nodes keep an index of it, and what is published gets its vectors at once."""
    note(generation, ready_seq=changes.latest())
    EmbeddingGeneration.objects.filter(pk=generation.pk, state=State.BUILDING).update(
        state=State.READY, built_at=clock.now()
    )
    generation.refresh_from_db()


def missing_texts(generation: EmbeddingGeneration) -> int:
    """How many different texts have no vector of this generation."""
    return without_vector(generation).values("text_sha256").distinct().count()


def without_vector(generation: EmbeddingGeneration) -> QuerySet[Chunk]:
    """Indexed chunks whose text has no vector of this generation."""
    stored = generation.vectors.filter(text_sha256=OuterRef("text_sha256"))
    fields = ("version_id", "text_sha256", "context", "text")
    return live_chunks().filter(~Exists(stored)).only(*fields)


def note(generation: EmbeddingGeneration, **facts: object) -> None:
    """Add to the generation's report."""
    generation.refresh_from_db(fields=["report"])
    generation.report = {**generation.report, **facts}
    generation.save(update_fields=["report"])


@transaction.atomic
def _announce(version_ids: set[int]) -> None:
    live = Version.objects.select_for_update().filter(pk__in=version_ids, state=VersionState.LIVE)
    versions_announce(list(live.order_by("pk").values_list("pk", flat=True)))


def _measured_speed(generation: EmbeddingGeneration, waiting: int) -> float:
    """Texts a second, of texts from all over the collections, as they will be embedded."""
    keys = without_vector(generation).order_by("pk").values_list("pk", flat=True)
    step = max(1, min(waiting, keys.count()) // SAMPLE)
    chosen = list(keys[: step * SAMPLE : step])
    texts = [chunk.indexed_text for chunk in live_chunks().filter(pk__in=chosen)]
    model = generation_models.embedder_of(generation)
    model.embed(texts[:4])
    started = time.perf_counter()
    model.embed(texts)
    return len(texts) / max(time.perf_counter() - started, 1e-6)


def _bytes_of_words() -> int:
    """The lexical half of an index is the same for every model."""
    try:
        manifest = manifests.load(folder_of(embedding.current_generation().pk))
    except Damaged:
        return 0
    return sum(file.size_bytes for file in manifest.lexical) if manifest else 0


def _require_room(generation: EmbeddingGeneration) -> None:
    settings = config.load()
    if shutil.disk_usage(settings.data_dir).free < parse_size(settings.storage.min_free):
        told = _(
            "The disk is nearly full, so %(model)s is not built further. Free some space (or lower "
            "storage.min_free), then start it again: it goes on from there."
        )
        raise Conflict(told % {"model": generation})
