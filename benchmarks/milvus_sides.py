"""One side of benchmarks/milvus.py: vectors put in, searched, changed and taken out."""

import os
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np

from apps.retrieval.protocols import DenseLeg, RowFilter
from apps.retrieval.vector.segment import Ids
from benchmarks.percentiles import percentile
from benchmarks.scale_data import Dataset, Floats
from benchmarks.scale_scopes import WARM, Kind, scope_ids
from benchmarks.smaps import memory

FILES, MILVUS = SIDES = ("files", "milvus")
LIMIT = 60  # candidates, as retrieval.candidates
BLOCK = 5_000
MB = 1e6
CHANGES = 20


class Files:
    """A segment, as the node's indexer writes it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def fill(self, data: Dataset) -> None:
        """Write it."""
        from apps.retrieval.vector.segment import write_segment

        blocks = (vectors for _, vectors in _blocks(data))
        write_segment(self.folder / "segment", blocks, _rows(data), data.vectors.shape[1])

    def open(self) -> DenseLeg:
        """Map it."""
        from apps.retrieval.vector.dense import SegmentsDense
        from apps.retrieval.vector.live import LiveSegment
        from apps.retrieval.vector.segment import FaissSegment

        files = (self.folder / "segment" / name for name in ("vectors.faiss", "rows.npy"))
        segment = FaissSegment.open(*files)
        return SegmentsDense([LiveSegment(segment, np.ones(segment.rows.shape[1], np.bool_))])

    def close(self) -> None:
        """Nothing is open."""


class Milvus:
    """A collection in a Milvus, or in a milvus-lite in this process."""

    def __init__(self, folder: Path, uri: str, dimension: int) -> None:
        from apps.retrieval.vector.milvus import MilvusServer
        from apps.retrieval.vector.milvus_collection import MilvusCollection

        server = MilvusServer(uri or str(folder / "vectors.db"))
        self.collection = MilvusCollection(server, f"clawdbot_benchmark_{os.getpid()}", dimension)

    def fill(self, data: Dataset) -> None:
        """Upsert everything, and have it indexed."""
        self.collection.prepare()
        for rows, vectors in _blocks(data):
            self.collection.upsert(rows, vectors)
        self.collection.purge()

    def open(self) -> DenseLeg:
        """Connect."""
        from apps.retrieval.vector.milvus_dense import MilvusDense

        self.collection.server.close()
        self.collection.count()
        return MilvusDense(self.collection, retired=tuple)

    def changes_ms(self, leg: DenseLeg, vectors: Floats) -> dict[str, float]:
        """Milliseconds from a write, and from a delete, until a search shows it."""
        written, gone = list[float](), list[float]()
        for at, vector in enumerate(vectors[:CHANGES]):
            key, rows = 10**9 + at, RowFilter(frozenset({10**9}))
            column = np.array([[key], [key], [key], [10**9]])
            started = time.perf_counter()
            self.collection.upsert(column, vector[None])
            while not leg.search(vector, rows=rows, limit=1):
                pass
            written.append(time.perf_counter() - started)
            started = time.perf_counter()
            self.collection.delete([key])
            while leg.search(vector, rows=rows, limit=1):
                pass
            gone.append(time.perf_counter() - started)
        return {"written_p95_ms": _ms(written, 0.95), "deleted_p95_ms": _ms(gone, 0.95)}

    def close(self) -> None:
        """Take everything away again."""
        self.collection.drop()
        self.collection.server.close()


def measure(data: Dataset, side: str, uri: str, questions: Floats) -> dict[str, float]:
    """Every figure of one side; `questions`: vectors, (n, dimension)."""
    with tempfile.TemporaryDirectory(prefix="clawdbot-milvus-") as name:
        folder, before = Path(name), memory(os.getpid())["Anonymous"]
        dimension = questions.shape[1]
        tried = Files(folder) if side == FILES else Milvus(folder, uri, dimension)
        figures = {"fill_s": _seconds(lambda: tried.fill(data))}
        opened: list[DenseLeg] = []
        figures["open_s"] = _seconds(lambda: opened.append(tried.open()))
        figures |= _searched(opened[0], data, questions)
        after = memory(os.getpid())
        figures["anonymous_mb"] = (after["Anonymous"] - before) / MB
        figures["rss_mb"] = after["Rss"] / MB
        if not uri:
            figures["bytes_per_chunk"] = _bytes(folder) / data.shape.chunks
        if isinstance(tried, Milvus):
            figures |= tried.changes_ms(opened[0], questions)
        tried.close()
    return {name: round(value, 4) for name, value in figures.items()}


def _searched(leg: DenseLeg, data: Dataset, questions: Floats) -> dict[str, float]:
    figures = dict[str, float]()
    for kind in Kind:
        scope = scope_ids(kind, WARM, data.shape)
        rows = RowFilter(scope.collections, granted_ids=scope.granted, denied_ids=scope.denied)
        leg.search(questions[0], rows=rows, limit=LIMIT)
        times, found = list[float](), list[list[int]]()
        for question in questions:
            started = time.perf_counter()
            hits = leg.search(question, rows=rows, limit=LIMIT)
            times.append(time.perf_counter() - started)
            found.append([hit.chunk_id for hit in hits])
        scopes = [scope] * len(questions)
        figures |= {
            f"{kind}_p50_ms": _ms(times, 0.5),
            f"{kind}_p95_ms": _ms(times, 0.95),
            f"{kind}_recall_at_10": data.recall_at(10, questions, scopes, found),
            f"{kind}_outside_scope": float(data.outside(scopes, found)),
        }
    return figures


def _rows(data: Dataset) -> Ids:
    """As a segment keeps them: a version for each document."""
    documents, collections = data.rows.astype(np.int64)
    chunks = np.arange(1, len(documents) + 1)
    return np.array([chunks, documents, documents, collections, np.ones_like(chunks)])


def _blocks(data: Dataset) -> Iterator[tuple[Ids, Floats]]:
    rows = _rows(data)
    for start in range(0, data.shape.chunks, BLOCK):
        part = slice(start, start + BLOCK)
        yield rows[:, part], data.vectors[part].astype(np.float32)


def _seconds(work: Callable[[], None]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _ms(seconds: Sequence[float], share: float) -> float:
    return 1000 * percentile(seconds, share)


def _bytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
