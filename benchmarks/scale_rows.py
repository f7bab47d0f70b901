"""Rows of the product's tables in bulk, as taking documents in leaves them behind."""

import hashlib
from collections.abc import Sequence
from itertools import accumulate

from benchmarks.scale_scopes import WARM, Kind, Shape, scope_ids
from benchmarks.scale_vectors import Halves

ROWS_A_STATEMENT = 800
FASTER = "PRAGMA synchronous=OFF; PRAGMA cache_size=-500000; PRAGMA locking_mode=EXCLUSIVE"
READERS = Kind.ALL, Kind.DOCUMENTS  # users of these names may read these scopes
SEPARATOR = "\f"


class Rows:
    """Documents with one live version each, written together. Import it after Django is set up."""

    def __init__(self, *, first_chunk: int, first_document: int) -> None:
        from django.db import transaction

        from apps.knowledge import models

        self._models, self._atomic = models, transaction.atomic
        self._chunk, self._document = first_chunk, first_document
        self._documents: list[models.Document] = []
        self._versions: list[models.Version] = []
        self._pages: list[models.Page] = []
        self._chunks: list[models.Chunk] = []

    def add(self, collection: int, texts: Sequence[str]) -> None:
        """A document of one page, whose chunks are these texts."""
        key, whole, models = self._document, SEPARATOR.join(texts), self._models
        self._document += 1
        self._documents.append(
            models.Document(
                pk=key, collection_id=collection, path=f"{key}.txt", title=texts[0][:60],
                current_version_id=key, latest_version_id=key,
            )
        )  # fmt: skip
        self._versions.append(
            models.Version(
                pk=key, document_id=key, number=1, state=models.VersionState.LIVE, has_blob=False,
                content_sha256=hashlib.sha256(whole.encode()).hexdigest(), size_bytes=len(whole),
                media_type="text/plain", page_count=1, chunk_count=len(texts), change_seq=key,
            )
        )  # fmt: skip
        self._pages.append(models.Page(version_id=key, number=1, start=0, text=whole))
        starts = accumulate((len(text) + len(SEPARATOR) for text in texts), initial=0)
        for ordinal, (text, start) in enumerate(zip(texts, starts, strict=False)):
            self._chunks.append(
                models.Chunk(
                    pk=self._chunk, version_id=key, ordinal=ordinal, page=1, start=start,
                    end=start + len(text), text=text,
                    text_sha256=hashlib.sha256(text.encode()).hexdigest(),
                )
            )  # fmt: skip
            self._chunk += 1

    def write(self, vectors: Halves) -> None:
        """Everything in one transaction; row i of `vectors` belongs to the i-th chunk."""
        from apps.knowledge import changes
        from apps.retrieval.embedding import current_generation
        from apps.retrieval.models import Vector

        generation = current_generation()
        kept = [
            Vector(generation=generation, text_sha256=chunk.text_sha256, data=row.tobytes())
            for chunk, row in zip(self._chunks, vectors, strict=True)
        ]
        with self._atomic():
            for rows in (self._documents, self._versions, self._pages, self._chunks, kept):
                type(rows[0])._default_manager.bulk_create(rows, batch_size=ROWS_A_STATEMENT)
            changes.record(
                self._models.Change.Kind.PUBLISH, [version.pk for version in self._versions]
            )


def add_collections(count: int) -> None:
    """Collections 1 to `count`."""
    from apps.knowledge.models import Collection

    Collection.objects.bulk_create(
        Collection(pk=number, name=f"Collection {number:04}") for number in range(1, count + 1)
    )


def add_readers(shape: Shape) -> None:
    """A user for each of READERS whose grants give the warm scope of that kind; made anew."""
    from apps.accounts.models import User
    from apps.knowledge.models import DocumentGrant, Grant

    remove_readers()
    for kind in READERS:
        user = User.objects.create(username=kind.value)
        ids = scope_ids(kind, WARM, shape)
        Grant.objects.bulk_create(Grant(user=user, collection_id=one) for one in ids.collections)
        DocumentGrant.objects.bulk_create(
            DocumentGrant(user=user, document_id=one, is_denied=one in ids.denied)
            for one in sorted(ids.granted | ids.denied)
        )


def remove_readers() -> None:
    """The users with their grants."""
    from apps.accounts.models import User

    User.objects.filter(username__in=READERS).delete()


def faster_writes() -> None:
    """Writes of this process may be lost in a power cut: they can be made again."""
    from django.db import connection

    with connection.cursor() as cursor:
        for pragma in FASTER.split("; "):
            cursor.execute(pragma)
