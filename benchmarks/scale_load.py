"""Fills the data folder of an installation with chunks: a program of its own, run by scale_data.py.

    CLAWDBOT_HOME=FOLDER python -m benchmarks.scale_load SHARED CACHE CHUNKS

Rows are those that uploading leaves behind (documents, live versions, pages, chunks, changes,
vectors), written in bulk. Beside the data it writes what the exact search needs: `vectors.npy`
(float16), `rows.npy` (document and collection of chunk i + 1), and at the end `shape.json`.
"""

import argparse
import json
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from itertools import groupby
from pathlib import Path

import numpy as np

from apps.core import config
from benchmarks import report
from benchmarks.scale_rows import Rows, add_collections, faster_writes
from benchmarks.scale_scopes import Shape
from benchmarks.scale_texts import Piece, Texts
from benchmarks.scale_vectors import Halves, VectorCache, copies
from clawdbot_site.cli.main import setup_django

BATCH = 20_000  # chunks in memory at one time
COLLECTIONS, LEAST_CHUNKS = 1_000, 10  # at most so many, of so many chunks at least


def main() -> None:
    """Load a folder that holds nothing yet."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("shared", type=Path)
    parser.add_argument("cache", type=Path)
    parser.add_argument("chunks", type=int)
    parser.add_argument("--passages", type=int)
    options = parser.parse_args()
    texts = Texts(options.shared, passages=options.passages)
    real = VectorCache(options.cache).vectors_of(texts.originals)
    setup_django()
    from django.core.management import call_command  # after Django is set up

    call_command("migrate", verbosity=0)
    started = time.perf_counter()
    loading = Loading(config.home(), options.chunks, real)
    for documents in _batches(texts.pieces(options.chunks)):
        loading.add(documents)
        report.say(f"loaded {loading.chunks} of {options.chunks} chunks")
    loading.finish(time.perf_counter() - started)


class Loading:
    """The chunks of one installation, batch by batch."""

    def __init__(self, folder: Path, chunks: int, real: Halves) -> None:
        faster_writes()
        self._folder, self._wanted, self._real = folder, chunks, real
        self._vectors = np.lib.format.open_memmap(
            folder / "vectors.npy", "w+", np.float16, (chunks, real.shape[1])
        )
        self._rows = np.zeros((2, chunks), np.int32)
        self._first_documents = [1]  # of each collection begun
        self._documents = self.chunks = 0
        self._collections = max(1, min(COLLECTIONS, chunks // LEAST_CHUNKS))
        add_collections(self._collections + 1)

    def add(self, documents: Sequence[Sequence[Piece]]) -> None:
        """Whole documents, in order."""
        vectors = self._vectors_of([piece for document in documents for piece in document])
        rows = Rows(first_chunk=self.chunks + 1, first_document=self._documents + 1)
        for document in documents:
            collection = self.chunks * self._collections // self._wanted + 1
            rows.add(collection, [piece.text for piece in document])
            self._note(collection, len(document))
        rows.write(vectors)

    def finish(self, seconds: float) -> None:
        """Say that everything is there."""
        starts = [*self._first_documents, self._documents + 1]
        shape = Shape(self.chunks, self._collections, starts)
        self._vectors.flush()
        np.save(self._folder / "rows.npy", self._rows)
        told = json.dumps({"shape": asdict(shape), "load_s": round(seconds, 1)})
        (self._folder / "shape.json").write_text(told, encoding="utf-8")

    def _vectors_of(self, pieces: Sequence[Piece]) -> Halves:
        first, originals = self.chunks, np.array([piece.original for piece in pieces])
        vectors = copies(self._real, originals, seed=first)
        is_real = np.arange(first, first + len(pieces)) < len(self._real)
        vectors[is_real] = self._real[originals[is_real]]
        self._vectors[first : first + len(pieces)] = vectors
        return vectors

    def _note(self, collection: int, chunks: int) -> None:
        self._documents += 1
        while len(self._first_documents) < collection:
            self._first_documents.append(self._documents)
        self._rows[:, self.chunks : self.chunks + chunks] = [[self._documents], [collection]]
        self.chunks += chunks


def _batches(pieces: Iterable[Piece]) -> Iterator[list[list[Piece]]]:
    batch, size = list[list[Piece]](), 0
    for _, document in groupby(pieces, lambda piece: piece.document):
        batch.append(list(document))
        size += len(batch[-1])
        if size >= BATCH:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


if __name__ == "__main__":
    main()
