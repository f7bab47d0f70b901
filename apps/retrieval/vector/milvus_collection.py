"""The vectors of one embedding generation in Milvus."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from apps.core.errors import Retryable
from apps.retrieval.protocols import Candidate, Vectors
from apps.retrieval.vector.milvus import KEY, NUMBERS, VECTOR, MilvusServer
from apps.retrieval.vector.segment import CHUNK, Ids

if TYPE_CHECKING:
    from pymilvus import MilvusClient

SEARCH_S = 2.0
WRITE_S = 60.0
PURGE_S = 600.0
POLL_S = 0.5
ROWS_AT_ONCE = 2_000
KEYS_AT_ONCE = 10_000
_PROGRESS = 0  # the key of the row that tells how far the collection is; chunks begin at 1
PAGE = 4_000  # rows of an answer: 4,000 vectors of 384 numbers are 6 MB
FIELDS = (KEY, *NUMBERS)  # as the first lines of a segment's rows


@dataclass(frozen=True, slots=True)
class Progress:
    """A collection contains everything up to `change_seq`, and nothing in its files of what was
    retired by `purged_seq` or before."""

    change_seq: int
    purged_seq: int


class MilvusCollection:
    """Rows of chunk, version, document, collection and vector. Thread-safe.

    Searches and reads are strongly consistent: what was written before is seen. (Milvus's bounded
    staleness is 5 s by default; a chunk must be found within 1 s.) Everything may raise Retryable,
    writes may be repeated. One process writes at a time.
    """

    def __init__(self, server: MilvusServer, name: str, dimension: int) -> None:
        self.server = server
        self.name = name
        self.dimension = dimension
        self._loaded_by: MilvusClient | None = None

    def prepare(self) -> None:
        """Make the collection if there is none. Raises Conflict when it is of something else."""
        if not self.server.check(self.name, self.dimension, timeout_s=WRITE_S):
            self.server.create(self.name, self.dimension, timeout_s=WRITE_S)
        self.server.call(lambda client: self._load(client, WRITE_S))

    def drop(self) -> None:
        """Delete it with all it holds."""
        self.server.drop(self.name, timeout_s=WRITE_S)

    def search(self, vector: Vectors, expressions: Sequence[str], limit: int) -> list[Candidate]:
        """The `limit` rows nearest to `vector` that one of the (disjoint) expressions allows.

        Best first by inner product, equals by chunk.
        """
        if vector.shape != (self.dimension,):
            raise ValueError(f"expected {(self.dimension,)}, got {vector.shape}")
        found: list[Candidate] = []
        for expression in expressions:
            found += self.server.call(partial(self._nearest, vector, expression, limit))
        found.sort(key=lambda candidate: (-candidate.score, candidate.chunk_id))
        return found[:limit]

    def upsert(self, rows: Ids, vectors: Vectors) -> None:
        """Write row i of `vectors` (float32, (n, dimension)) with column i of `rows` (at least
        chunk, version, document, collection); rows of the same chunk are replaced."""
        if vectors.shape != (rows.shape[1], self.dimension):
            raise ValueError(f"expected {(rows.shape[1], self.dimension)}, got {vectors.shape}")
        for start in range(0, rows.shape[1], ROWS_AT_ONCE):
            part = slice(start, start + ROWS_AT_ONCE)
            self._write(_entities(rows[:, part], vectors[part]))

    def delete(self, chunk_ids: Sequence[int]) -> None:
        """Take these chunks away; those that are not there are no error."""
        for start in range(0, len(chunk_ids), KEYS_AT_ONCE):
            part = list(chunk_ids[start : start + KEYS_AT_ONCE])
            self.server.call(partial(self._delete, part))

    def ids(self, version_ids: Sequence[int] | None = None) -> Ids:
        """Chunk, version, document and collection of the rows of these versions (None: of all),
        int64, shape (4, n), by chunk."""
        parts = [np.empty((4, 0), np.int64)]
        if version_ids is None:
            parts += (rows for rows, _ in self._pages(f"{KEY} > {_PROGRESS}", []))
        else:
            for start in range(0, len(version_ids), KEYS_AT_ONCE):
                some = ", ".join(map(str, version_ids[start : start + KEYS_AT_ONCE]))
                parts += (rows for rows, _ in self._pages(f"version in [{some}]", []))
        rows = np.concatenate(parts, axis=1)
        return rows[:, np.argsort(rows[CHUNK], kind="stable")]

    def blocks(self) -> Iterator[tuple[Ids, Vectors]]:
        """Every row, some thousands at a time, by chunk: ids (4, n), vectors (n, dimension)."""
        return self._pages(f"{KEY} > {_PROGRESS}", [VECTOR])

    def count(self) -> int:
        """How many chunks it holds."""
        found = self.server.call(
            lambda client: self._load(client, WRITE_S).query(
                self.name, filter=f"{KEY} > {_PROGRESS}", output_fields=["count(*)"],
                timeout=WRITE_S, consistency_level="Strong",
            )
        )  # fmt: skip
        return int(found[0]["count(*)"])

    def progress(self) -> Progress | None:
        """How far it is; None before the first fill was finished."""
        found = self.server.call(
            lambda client: self._load(client, WRITE_S).query(
                self.name, filter=f"{KEY} == {_PROGRESS}", output_fields=list(NUMBERS),
                timeout=WRITE_S, consistency_level="Strong",
            )
        )  # fmt: skip
        return Progress(-found[0]["version"] - 1, -found[0]["document"] - 1) if found else None

    def mark(self, progress: Progress) -> None:
        """Note how far it is, inside Milvus itself: it goes wherever the vectors go.

        All its numbers are negative, so no filter of a search ever meets the row.
        """
        row = np.array([_PROGRESS, -1 - progress.change_seq, -1 - progress.purged_seq, -1])
        self._write(_entities(row[:, None], np.zeros((1, self.dimension), np.float32)))

    def purge(self, keep: Callable[[], None] = lambda: None) -> None:
        """Let Milvus write anew the files that hold deleted rows; returns when it has.

        Calls `keep` now and then. The old files go when Milvus collects its garbage
        (dataCoord.gc.dropTolerance). milvus-lite merges files by its own rules only.
        """
        self.server.call(lambda client: client.flush(self.name, timeout=WRITE_S))
        job = self.server.call(lambda client: client.compact(self.name, timeout=WRITE_S))
        deadline = time.monotonic() + PURGE_S
        while not self.server.call(lambda client: _is_through(client, job)):
            keep()
            if time.monotonic() > deadline:
                raise Retryable(f"Milvus has not compacted {self.name} after {PURGE_S} seconds")
            time.sleep(POLL_S)

    def _nearest(
        self, vector: Vectors, expression: str, limit: int, client: "MilvusClient"
    ) -> list[Candidate]:
        hits = self._load(client, SEARCH_S).search(
            self.name,
            data=[vector.astype(np.float32).tolist()],
            anns_field=VECTOR,
            filter=expression,
            limit=limit,
            search_params=dict(self.server.search_params),
            timeout=SEARCH_S,
            consistency_level="Strong",
        )[0]
        return [Candidate(int(hit[KEY]), float(hit["distance"])) for hit in hits]

    def _delete(self, chunk_ids: list[int], client: "MilvusClient") -> None:
        client.delete(self.name, ids=chunk_ids, timeout=WRITE_S)

    def _load(self, client: "MilvusClient", timeout_s: float) -> "MilvusClient":
        """Once for each connection: a Milvus that was restarted may have forgotten."""
        if self._loaded_by is not client:
            client.load_collection(self.name, timeout=timeout_s)
            self._loaded_by = client
        return client

    def _write(self, entities: list[dict[str, Any]]) -> None:
        self.server.call(lambda client: client.upsert(self.name, entities, timeout=WRITE_S))

    def _pages(self, expression: str, more: list[str]) -> Iterator[tuple[Ids, Vectors]]:
        """Of one moment, by chunk; vectors are empty unless `more` names them."""
        pages = self.server.call(
            lambda client: self._load(client, WRITE_S).query_iterator(
                self.name, filter=expression, batch_size=PAGE, output_fields=[*FIELDS, *more],
                timeout=WRITE_S, consistency_level="Strong",
            )
        )  # fmt: skip
        while page := self.server.call(lambda _: pages.next()):
            yield _columns(page), _vectors(page)
        pages.close()


def _entities(rows: Ids, vectors: Vectors) -> list[dict[str, Any]]:
    return [
        {**dict(zip(FIELDS, numbers, strict=True)), VECTOR: vector}
        for numbers, vector in zip(rows[: len(FIELDS)].T.tolist(), vectors, strict=True)
    ]


def _columns(page: Sequence[dict[str, Any]]) -> Ids:
    return np.array([[row[field] for row in page] for field in FIELDS], np.int64)


def _vectors(page: Sequence[dict[str, Any]]) -> Vectors:
    return np.array([row.get(VECTOR, ()) for row in page], np.float32)


def _is_through(client: "MilvusClient", job: int) -> bool:
    return bool(client.get_compaction_state(job, timeout=WRITE_S) == "Completed")
