"""Comparing a node's index with the database: what is missing, what is too much, what is broken."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from django.db.models import Exists, OuterRef

from apps.knowledge import changes
from apps.retrieval import indexer
from apps.retrieval import manifest as manifests
from apps.retrieval.embedding import current_generation
from apps.retrieval.index_files import Damaged, folder_of
from apps.retrieval.index_rows import live_chunks, live_ids
from apps.retrieval.models import EmbeddingGeneration

Ids = npt.NDArray[np.int64]

_CATCH_UP_S = 60.0


@dataclass(frozen=True, slots=True)
class VerifyReport:
    """Counts of chunks, and damaged files by their path inside the index folder.

    `rows`: live in the database; `vectors`: of these with a vector of the current model;
    `indexed`, `lexical`: found by the vectors and by the words of the index; `orphans`: in the
    index, not in the database; `missing`: the other way round, or without a vector.
    """

    rows: int
    vectors: int
    indexed: int
    lexical: int
    orphans: int
    missing: int
    corrupt: tuple[str, ...]

    @property
    def is_clean(self) -> bool:
        """Whether index and database agree and every file is what was written."""
        return not (self.orphans or self.missing or self.corrupt)


def verify() -> VerifyReport:
    """Read every file and every row of the index and compare. Changes nothing but to catch up.

    Seconds per 100,000 chunks. `index_state.rebuild` puts right what is found.
    """
    from apps.retrieval.index_snapshot import open_snapshot  # heavy
    from apps.retrieval.vector.segment import CHUNK, HAS_VECTOR  # heavy

    if changes.latest():
        indexer.catch_up(timeout_s=_CATCH_UP_S)
    generation = current_generation()
    folder = folder_of(generation.pk)
    wanted = live_ids()[0]
    embedded = _embedded_ids(generation)
    try:
        manifest = manifests.load(folder)
    except Damaged as damaged:
        return _without_index(wanted.size, embedded.size, (damaged.path,))
    if manifest is None:
        return _without_index(wanted.size, embedded.size, ())
    opened = open_snapshot(folder, manifest, {})
    corrupt = {file.path for file in manifest.files if not file.is_intact(folder, content=True)}
    rows = [live.live_rows() for live in opened.segments.values()]
    held = [part[CHUNK, part[HAS_VECTOR] == 1] for part in rows]
    indexed = np.concatenate([np.empty(0, np.int64), *held])
    found = np.array(opened.lexical.chunk_ids() if opened.lexical else [], np.int64)
    return VerifyReport(
        rows=wanted.size,
        vectors=embedded.size,
        indexed=indexed.size,
        lexical=found.size,
        orphans=np.setdiff1d(np.union1d(indexed, found), wanted).size,
        missing=np.setdiff1d(wanted, np.intersect1d(indexed, found)).size,
        corrupt=tuple(sorted(corrupt | set(opened.missing))),
    )


def _embedded_ids(generation: EmbeddingGeneration) -> Ids:
    """Live chunks whose text has a vector of this generation."""
    stored = generation.vectors.filter(text_sha256=OuterRef("text_sha256"))
    found = live_chunks().filter(Exists(stored)).values_list("pk", flat=True)
    return np.fromiter(found.iterator(chunk_size=10_000), np.int64)


def _without_index(rows: int, embedded: int, corrupt: tuple[str, ...]) -> VerifyReport:
    return VerifyReport(rows, embedded, 0, 0, orphans=0, missing=rows, corrupt=corrupt)
