"""The stored vectors: float16 rows of the Vector table, read and written in bulk."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

import numpy as np
import numpy.typing as npt
from django.db.models import Exists, OuterRef

from apps.knowledge.models import Chunk
from apps.retrieval.models import EmbeddingGeneration, Vector
from apps.retrieval.protocols import Vectors

HalfVectors = npt.NDArray[np.float16]

_STORED = np.dtype("<f2")
_SLICE = 900  # keys of one query: SQLite builds may refuse more than 999 parameters


def store(generation: EmbeddingGeneration, hashes: Sequence[str], matrix: Vectors) -> None:
    """Write row i of `matrix` (float32, shape (len(hashes), dimension)) as the vector of
    `hashes[i]`. A vector that is already there stays as it is."""
    if matrix.shape != (len(hashes), generation.dimension):
        raise ValueError(f"expected {(len(hashes), generation.dimension)}, got {matrix.shape}")
    rows = matrix.astype(_STORED)
    Vector.objects.bulk_create(
        (
            Vector(generation=generation, text_sha256=text_sha256, data=row.tobytes())
            for text_sha256, row in zip(hashes, rows, strict=True)
        ),
        batch_size=_SLICE // 3,
        ignore_conflicts=True,
    )


def missing(generation: EmbeddingGeneration, hashes: Iterable[str]) -> list[str]:
    """Those of `hashes` without a vector in `generation`: each once, in given order."""
    wanted = list(dict.fromkeys(hashes))
    found: set[str] = set()
    for part in _slices(wanted):
        rows = Vector.objects.filter(generation=generation, text_sha256__in=part)
        found.update(rows.values_list("text_sha256", flat=True))
    return [text_sha256 for text_sha256 in wanted if text_sha256 not in found]


def stream(
    generation: EmbeddingGeneration, hashes: Iterable[str]
) -> Iterator[tuple[list[str], HalfVectors]]:
    """Vectors of `hashes` in parts: (hashes, float16 matrix of shape (len(hashes), dimension)).

    Holds one part at a time, so a whole collection can pass through. Hashes without a vector, or
    with one of another size (a verify tells of it), are left out; the order is the database's. A
    hash that is given twice in one part comes once.
    """
    for part in _slices(hashes):
        rows = Vector.objects.filter(generation=generation, text_sha256__in=part)
        found = rows.values_list("text_sha256", "data")
        pairs = [pair for pair in found if len(pair[1]) == generation.dimension * 2]
        if pairs:
            data = b"".join(data for _, data in pairs)
            matrix = np.frombuffer(data, dtype=_STORED).reshape(len(pairs), generation.dimension)
            yield [text_sha256 for text_sha256, _ in pairs], matrix


def vectors_of(generation: EmbeddingGeneration, hashes: Iterable[str]) -> dict[str, HalfVectors]:
    """hash -> its vector (float16, shape (dimension,), read-only); absent when it has none."""
    return {
        text_sha256: row
        for names, matrix in stream(generation, hashes)
        for text_sha256, row in zip(names, matrix, strict=True)
    }


def drop_unused(hashes: Iterable[str]) -> int:
    """Delete, in every generation, the vectors of these texts that no chunk has any more."""
    used = Chunk.objects.filter(text_sha256=OuterRef("text_sha256"))
    return sum(
        Vector.objects.filter(~Exists(used), text_sha256__in=part).delete()[0]
        for part in _slices(sorted(hashes))
    )


def _slices(hashes: Iterable[str]) -> Iterator[list[str]]:
    remaining = iter(hashes)
    while part := list(islice(remaining, _SLICE)):
        yield part
