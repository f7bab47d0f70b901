"""What the database says an index must hold, in arrays: ~150 bytes a chunk."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from apps.knowledge.models import Change
from apps.retrieval.index_rows import live_chunks
from apps.retrieval.models import EmbeddingGeneration
from apps.retrieval.verifying.findings import Progress
from apps.retrieval.verifying.suspects import Suspects

Row = TypeVar("Row")
Ids = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
Hashes = npt.NDArray[np.bytes_]  # the first half of a SHA-256, in hex: 128 bits are enough
Digests = npt.NDArray[np.uint64]

VERSION, DOCUMENT, COLLECTION = range(3)  # lines of Truth.places
_ROWS_AT_ONCE = 5_000
_VECTORS_AT_ONCE = 2_000
_HALF = 32
_LENGTH_TOLERANCE = 0.01  # of a vector stored in float16
_LIVE = ("pk", "version_id", "version__document_id", "version__document__collection_id",
         "text_sha256")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Truth:
    """Every live chunk, sorted by its id, and the vector of its text.

    `places`: int64, shape (3, chunks): version, document and collection. `has_vector`: whether a
    sound vector is stored for it. `digests`: of that vector's bytes; 0 where there is none.
    """

    chunk_ids: Ids
    places: Ids
    has_vector: npt.NDArray[np.bool_]
    digests: Digests

    @property
    def rows(self) -> int:
        """How many chunks are live."""
        return self.chunk_ids.size

    def find(self, chunk_ids: Ids) -> tuple[Ids, npt.NDArray[np.bool_]]:
        """Where each of these chunks stands here, and whether it does at all."""
        at = np.searchsorted(self.chunk_ids, chunk_ids)
        at = np.minimum(at, max(self.rows - 1, 0))
        is_known = self.chunk_ids[at] == chunk_ids if self.rows else np.zeros(at.shape, np.bool_)
        return at, is_known

    def chunks_of(self, version_ids: Ids) -> Ids:
        """The live chunks of these versions."""
        return self.chunk_ids[np.isin(self.places[VERSION], version_ids)]


def digest(vectors: npt.NDArray[np.float16]) -> Digests:
    """A number for each row: equal rows have equal ones, others differ but for one in 10^19."""
    codes = np.ascontiguousarray(vectors, "<f2").view("<u2").astype(np.uint64)
    factors = np.random.default_rng(20_261_123).integers(
        0, 2**64, codes.shape[1], np.uint64, endpoint=False
    )
    found: Digests = codes @ (factors | np.uint64(1))
    return found | np.uint64(1)  # 0 stands for no vector


def read_truth(generation: EmbeddingGeneration, suspects: Suspects, progress: Progress) -> Truth:
    """Read every live chunk, and every vector of this generation; suspects the unsound ones."""
    ids, hashes = _live(progress)
    texts, digests = _vectors_of(generation, suspects, progress)
    at = np.minimum(np.searchsorted(texts, hashes), max(texts.size - 1, 0))
    known = texts[at] == hashes if texts.size else np.zeros(hashes.size, np.bool_)
    of_chunk = np.where(known, digests[at], 0) if texts.size else np.zeros(hashes.size, np.uint64)
    return Truth(ids[0], ids[1:], of_chunk != 0, of_chunk.astype(np.uint64))


def changed_after(change_seq: int) -> Ids:
    """Versions that were published or retired later: what differs about them is no drift."""
    later = Change.objects.filter(seq__gt=change_seq).values_list("version_id", flat=True)
    return np.unique(np.fromiter(later.iterator(chunk_size=10_000), np.int64))


def hashes_of(texts: Iterable[str]) -> Hashes:
    """`text_sha256` values as an array that can be sorted and searched."""
    return np.frombuffer("".join(text[:_HALF].ljust(_HALF) for text in texts).encode(), "S32")


def _live(progress: Progress) -> tuple[Ids, Hashes]:
    chunks = live_chunks().order_by()
    total, done = chunks.count(), 0
    ids, hashes = [np.empty((4, 0), np.int64)], [np.empty(0, "S32")]
    rows = chunks.values_list(*_LIVE).iterator(chunk_size=_ROWS_AT_ONCE)
    for part in _parts(rows, _ROWS_AT_ONCE):
        *numbers, texts = zip(*part, strict=True)
        ids.append(np.array(numbers, np.int64))
        hashes.append(hashes_of(texts))
        done += len(part)
        progress("chunks", done, total)
    numbers_of, texts_of = np.concatenate(ids, axis=1), np.concatenate(hashes)
    order = np.argsort(numbers_of[0])
    return numbers_of[:, order], texts_of[order]


def _vectors_of(
    generation: EmbeddingGeneration, suspects: Suspects, progress: Progress
) -> tuple[Hashes, Digests]:
    """Texts with a vector, sorted, and the digests of these; 0 for one that is not sound."""
    stored = generation.vectors.order_by()
    total, done = stored.count(), 0
    hashes, digests = [np.empty(0, "S32")], [np.empty(0, np.uint64)]
    rows = stored.values_list("text_sha256", "data").iterator(chunk_size=_VECTORS_AT_ONCE)
    for part in _parts(rows, _VECTORS_AT_ONCE):
        texts, data = zip(*part, strict=True)
        found = _digests(data, generation.dimension)
        suspects.unsound.update(
            text for text, number in zip(texts, found, strict=True) if not number
        )
        hashes.append(hashes_of(texts))
        digests.append(found)
        done += len(part)
        progress("vectors", done, total)
    together = np.concatenate(hashes)
    order = np.argsort(together)
    return together[order], np.concatenate(digests)[order]


def _digests(data: Iterable[bytes], dimension: int) -> Digests:
    """Of each vector's bytes; 0 when it has another size, is not finite or not of length 1."""
    sized = [bytes(row) if len(row) == 2 * dimension else b"\0" * 2 * dimension for row in data]
    vectors = np.frombuffer(b"".join(sized), "<f2").reshape(-1, dimension)
    lengths = np.linalg.norm(vectors.astype(np.float32), axis=1)
    is_sound = np.abs(lengths - 1) < _LENGTH_TOLERANCE  # also false for what is no number
    return np.where(is_sound, digest(vectors), np.uint64(0))


def _parts(rows: Iterator[Row], size: int) -> Iterator[list[Row]]:
    while part := list(islice(rows, size)):
        yield part
