"""FAISS segments: immutable, memory-mapped float16 vectors with the ids of their rows."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import faiss
import numpy as np
import numpy.typing as npt

from apps.retrieval.index_files import Damaged, sync
from apps.retrieval.protocols import Vectors

Ids = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
Bitmap = npt.NDArray[np.uint8]  # row i is bit i % 8 of byte i // 8

# Lines of the rows file; the last is 0 for a chunk that words alone can find.
CHUNK, VERSION, DOCUMENT, COLLECTION, HAS_VECTOR = range(5)
LINES = 5
_BLOCK = 16_384
# What numpy raises for a file that is not what it once wrote.
UNREADABLE = (OSError, ValueError, TypeError, IndexError, EOFError, SyntaxError, MemoryError,
              OverflowError)  # fmt: skip


@dataclass(frozen=True, slots=True)
class FaissSegment:
    """One opened segment. Pages are shared with every process that maps the same file.

    `rows`: int64, shape (5, size): chunk, version, document, collection of each vector, and
    whether it is one (where the text was not embedded, it is all zeros).
    """

    index: faiss.Index
    rows: Ids

    @classmethod
    def open(cls, vectors: Path, rows: Path) -> Self:
        """Map both files. Raises Damaged (with the file's name) when one cannot be read."""
        try:
            # IO_FLAG_MMAP_IFC maps; IO_FLAG_MMAP copies a flat index into memory (faiss 1.15).
            index = faiss.read_index(str(vectors), faiss.IO_FLAG_MMAP_IFC)
        except (RuntimeError, MemoryError):
            raise Damaged(vectors.name) from None
        try:
            ids = np.load(rows, mmap_mode="r")
        except UNREADABLE:
            raise Damaged(rows.name) from None
        if ids.shape != (LINES, index.ntotal) or ids.dtype != np.int64:
            raise Damaged(rows.name)
        return cls(index, ids)

    def nearest(self, vector: Vectors, allowed: Bitmap | None, limit: int) -> tuple[Vectors, Ids]:
        """Inner products and row numbers of the `limit` best allowed rows, best first.

        Exact: every allowed row is looked at, no other is. `allowed` None means every row.
        """
        if vector.shape != (self.index.d,):
            raise ValueError(f"expected {(self.index.d,)}, got {vector.shape}")
        # Per calling thread: one query is scanned by one thread, and the web process has many.
        faiss.omp_set_num_threads(1)
        selector = None
        if allowed is not None:
            bitmap = faiss.IDSelectorBitmap(allowed)  # type: ignore[call-arg, arg-type]
            selector = faiss.SearchParameters(sel=bitmap)  # type: ignore[call-arg]
        scores, found = self.index.search(
            np.ascontiguousarray(vector[None], dtype=np.float32), limit, params=selector
        )
        is_hit = found[0] >= 0
        return scores[0][is_hit], found[0][is_hit]

    def blocks(self, alive: Mask) -> Iterator[Vectors]:
        """The vectors of the rows marked alive, float32, in order, some thousands at a time."""
        for start in range(0, self.index.ntotal, _BLOCK):
            count = min(_BLOCK, self.index.ntotal - start)
            yield self.index.reconstruct_n(start, count)[alive[start : start + count]]


def write_segment(folder: Path, blocks: Iterable[Vectors], rows: Ids, dimension: int) -> None:
    """Write `vectors.faiss` and `rows.npy` durably into a folder made for them."""
    folder.mkdir(parents=True)
    index = faiss.IndexScalarQuantizer(
        dimension, faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT
    )
    for block in blocks:
        if len(block):
            index.add(np.ascontiguousarray(block, dtype=np.float32))
    if index.ntotal != rows.shape[1]:
        raise ValueError(f"{index.ntotal} vectors for {rows.shape[1]} rows")
    faiss.write_index(index, str(folder / "vectors.faiss"))
    np.save(folder / "rows.npy", np.ascontiguousarray(rows, dtype=np.int64))
    for path in (folder / "vectors.faiss", folder / "rows.npy", folder):
        sync(path)
