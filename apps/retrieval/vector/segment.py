"""FAISS segments: immutable, memory-mapped float16 vectors with the ids of their rows."""

import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from tokenize import TokenError
from typing import Self

import faiss
import numpy as np
import numpy.typing as npt

from apps.retrieval.index_files import Damaged, sync
from apps.retrieval.protocols import Vectors
from apps.retrieval.vector import codes
from apps.retrieval.vector.damage import damage_told, finite

Ids = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
Bitmap = npt.NDArray[np.uint8]  # row i is bit i % 8 of byte i // 8

# Lines of the rows file; the last is 0 for a chunk that words alone can find.
CHUNK, VERSION, DOCUMENT, COLLECTION, HAS_VECTOR = range(5)
LINES = 5
VECTORS, ROWS, CODES = "vectors.faiss", "rows.npy", "codes.faiss"
_BLOCK = 16_384
# What numpy raises for a file that is not what it once wrote.
UNREADABLE = (OSError, ValueError, TypeError, IndexError, EOFError, SyntaxError, MemoryError,
              OverflowError, TokenError)  # fmt: skip


class VectorFile:
    """The vectors of a segment, read row by row. Stays readable when the file is unlinked."""

    def __init__(self, path: Path, index: faiss.Index) -> None:
        """Raises Damaged."""
        try:
            self._file = path.open("rb", buffering=0)
        except OSError:
            raise Damaged(path.name) from None
        self._dimension = index.d
        self._row_bytes = 2 * index.d
        # FAISS writes the codes of a scalar quantizer last; write_segment makes sure of it.
        self._start = path.stat().st_size - index.ntotal * self._row_bytes

    def read(self, numbers: Ids) -> Vectors:
        """Vectors of these rows, float32, in the order given. Raises Damaged."""
        rows = np.empty((len(numbers), self._dimension), "<f2")
        descriptor = self._file.fileno()
        with damage_told(VECTORS):
            for row, number in zip(rows, numbers.tolist(), strict=True):
                at = self._start + number * self._row_bytes
                if os.preadv(descriptor, [row.data], at) != self._row_bytes:
                    raise Damaged(VECTORS)  # it was cut off
        return rows.astype(np.float32)


@dataclass(frozen=True, slots=True)
class FaissSegment:
    """One opened segment. Pages are shared with every process that maps the same file.

    `rows`: int64, shape (5, size): chunk, version, document, collection of each vector, and
    whether it is one (where the text was not embedded, it is all zeros). `codes`: the same
    vectors in short, None where there are too few of them for that to pay.
    """

    index: faiss.Index
    rows: Ids
    codes: faiss.Index | None = None
    _file: VectorFile | None = None

    @classmethod
    def open(cls, vectors: Path, rows: Path, coded: Path | None = None) -> Self:
        """Map the files. Raises Damaged (with the file's name) when one cannot be read."""
        index = _mapped(vectors)
        try:
            ids = np.load(rows, mmap_mode="r")
        except UNREADABLE:
            raise Damaged(rows.name) from None
        if ids.shape != (LINES, index.ntotal) or ids.dtype != np.int64:
            raise Damaged(rows.name)
        if coded is None:
            return cls(index, ids)
        short = _mapped(coded)
        if (short.ntotal, short.d) != (index.ntotal, index.d):
            raise Damaged(coded.name)
        return cls(index, ids, short, VectorFile(vectors, index))

    def nearest(self, vector: Vectors, allowed: Bitmap | None, limit: int) -> tuple[Vectors, Ids]:
        """Inner products and row numbers of the `limit` best allowed rows, best first.

        Exact: every allowed row is looked at, no other is. `allowed` None means every row.
        Raises Damaged, as `estimated` and `scores` do.
        """
        if vector.shape != (self.index.d,):
            raise ValueError(f"expected {(self.index.d,)}, got {vector.shape}")
        selector = None
        if allowed is not None:
            bitmap = faiss.IDSelectorBitmap(allowed)  # type: ignore[call-arg, arg-type]
            selector = faiss.SearchParameters(sel=bitmap)  # type: ignore[call-arg]
        with damage_told(VECTORS):
            scores, found = _searched(self.index, vector, limit, selector)
        return finite(scores, VECTORS), found

    def estimated(self, vector: Vectors, allowed: Bitmap | None, limit: int) -> tuple[Vectors, Ids]:
        """Of the about `limit` best rows by their codes the allowed ones, with estimated scores."""
        if self.codes is None:
            raise ValueError("a segment without codes")
        with damage_told(CODES):
            scores, found = _searched(self.codes, vector, min(limit, self.index.ntotal))
            if allowed is not None:
                is_allowed = (allowed[found >> 3] >> (found & 7).astype(np.uint8)) & 1 == 1
                scores, found = scores[is_allowed], found[is_allowed]
        return finite(scores, CODES), found

    def scores(self, vector: Vectors, numbers: Ids) -> Vectors:
        """Inner products of these rows with `vector`: float32, in the order of `numbers`.

        Reads them from the file instead of mapping it, so that a few rows here and there do not
        make the whole file resident.
        """
        if self._file is None:
            raise ValueError("a segment without codes")
        with np.errstate(invalid="ignore", over="ignore"):
            found: Vectors = self._file.read(numbers) @ vector
        return finite(found, VECTORS)

    def blocks(self, alive: Mask) -> Iterator[Vectors]:
        """The vectors of the rows marked alive, float32, in order, some thousands at a time."""
        for start in range(0, self.index.ntotal, _BLOCK):
            count = min(_BLOCK, self.index.ntotal - start)
            yield self.index.reconstruct_n(start, count)[alive[start : start + count]]


def write_segment(folder: Path, blocks: Iterable[Vectors], rows: Ids, dimension: int) -> None:
    """As `write_columns`, with the ids of all rows at once."""
    no_vectors, no_ids = np.empty((0, dimension), np.float32), np.empty((LINES, 0), np.int64)
    write_columns(folder, chain([(rows, no_vectors)], ((no_ids, one) for one in blocks)), dimension)


def write_columns(folder: Path, columns: Iterable[tuple[Ids, Vectors]], dimension: int) -> None:
    """Write a segment's files durably into a folder made for them; CODES when it is big enough.

    `columns`: ids and vectors, in the same order, however they are cut. The vectors are held in
    memory, float16, until all are there.
    """
    folder.mkdir(parents=True)
    index = faiss.IndexScalarQuantizer(
        dimension, faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT
    )
    ids = []
    for some_ids, vectors in columns:
        ids.append(some_ids)
        if len(vectors):
            index.add(np.ascontiguousarray(vectors, dtype=np.float32))
    rows = np.concatenate(ids, axis=1)
    if index.ntotal != rows.shape[1]:
        raise ValueError(f"{index.ntotal} vectors for {rows.shape[1]} rows")
    faiss.write_index(index, str(folder / VECTORS))
    np.save(folder / ROWS, np.ascontiguousarray(rows, dtype=np.int64))
    if codes.are_possible(index.ntotal, dimension):
        faiss.write_index(codes.made_of(index), str(folder / CODES))
        last = np.array([index.ntotal - 1])
        if not np.array_equal(
            VectorFile(folder / VECTORS, index).read(last)[0], index.reconstruct(index.ntotal - 1)
        ):
            raise ValueError("FAISS does not write the vectors last any more")
    for path in (*folder.iterdir(), folder):
        sync(path)


def _searched(
    index: faiss.Index,
    vector: Vectors,
    limit: int,
    parameters: faiss.SearchParameters | None = None,
) -> tuple[Vectors, Ids]:
    # Per calling thread: one query is scanned by one thread, and the web process has many.
    faiss.omp_set_num_threads(1)
    row = np.ascontiguousarray(vector[None], dtype=np.float32)
    scores, found = index.search(row, limit, params=parameters)
    is_hit = found[0] >= 0
    return scores[0][is_hit], found[0][is_hit]


def _mapped(path: Path) -> faiss.Index:
    try:
        # IO_FLAG_MMAP_IFC maps; IO_FLAG_MMAP copies a flat index into memory (faiss 1.15).
        return faiss.read_index(str(path), faiss.IO_FLAG_MMAP_IFC)
    except (RuntimeError, MemoryError):
        raise Damaged(path.name) from None
