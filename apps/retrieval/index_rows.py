"""What the database says an index must contain."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
import numpy.typing as npt
from django.db import connection
from django.db.models import Q, QuerySet

from apps.knowledge.models import Chunk, Version, VersionState

_VERSIONS_A_QUERY = 500


@dataclass(frozen=True, slots=True)
class IndexRow:
    """A live chunk as the index needs it. `text` is what is embedded and indexed."""

    chunk_id: int
    version_id: int
    document_id: int
    collection_id: int
    text_sha256: str
    text: str


def live_chunks() -> QuerySet[Chunk]:
    """Every chunk that an index holds, whoever may read it (excluded ones are hidden later)."""
    return Chunk.objects.filter(
        version__state=VersionState.LIVE,
        version__document__deleted_at=None,
        version__document__collection__deleted_at=None,
    )


def rows_of(version_ids: Iterable[int]) -> Iterator[IndexRow]:
    """The live chunks of these versions, each version's in order; dead versions give none."""
    waiting = iter(version_ids)
    while some := list(islice(waiting, _VERSIONS_A_QUERY)):
        places = _places_of_live(some)
        found = (
            Chunk.objects.filter(version_id__in=places)
            .order_by("version_id", "ordinal")
            .only("version_id", "text_sha256", "context", "text")
        )
        for chunk in found.iterator(chunk_size=2000):
            document_id, collection_id = places[chunk.version_id]
            yield IndexRow(
                chunk_id=chunk.pk,
                version_id=chunk.version_id,
                document_id=document_id,
                collection_id=collection_id,
                text_sha256=chunk.text_sha256,
                text=chunk.indexed_text,
            )


def _places_of_live(version_ids: Sequence[int]) -> dict[int, tuple[int, int]]:
    """Document and collection of those of the versions that are live.

    Deletion is denied, not asked for as NULL: a SQLite that has not counted its rows yet would
    begin with its index of all documents that are there, every time (2 minutes, not 30 s, for the
    index of 100,000 chunks just loaded).
    """
    live = Version.objects.filter(pk__in=version_ids, state=VersionState.LIVE)
    there = live.exclude(
        Q(document__deleted_at__isnull=False) | Q(document__collection__deleted_at__isnull=False)
    )
    rows = there.order_by().values_list("pk", "document_id", "document__collection_id")
    return {version: (document, collection) for version, document, collection in rows}


def live_ids() -> npt.NDArray[np.int64]:
    """Chunk and version of every live chunk, int64, shape (2, chunks)."""
    pairs = live_chunks().values_list("pk", "version_id").iterator(chunk_size=10_000)
    flat = np.fromiter((number for pair in pairs for number in pair), np.int64)
    return flat.reshape(-1, 2).T


def refresh_statistics() -> None:
    """Let SQLite count its rows (~12 ms), so that fetching chunks by id starts from the ids.

    Without counts it walks through whole collections instead: 20 ms, not 0.6, at 2,000 chunks, and
    3 s, not 6 ms, at a million. Other databases do this themselves.
    """
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA analysis_limit = 400")
            # Not `PRAGMA optimize`: before SQLite 3.46 it leaves out what this connection has not
            # queried, and tables that grew less than 25-fold.
            cursor.execute("ANALYZE")
