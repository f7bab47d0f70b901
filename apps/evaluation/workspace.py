"""A collection that exists for one evaluation: made, filled, thinned out, and gone for good."""

import json
import time
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

from django.contrib.auth.models import Permission
from django.db.models import QuerySet

from apps.accounts.models import User
from apps.knowledge.access import Scope, documents_of
from apps.knowledge.deletion import collection_delete, document_delete
from apps.knowledge.models import Collection, Document, Erasure, VersionState
from apps.knowledge.services import collection_create
from apps.retrieval import indexer
from ingest import runner
from ingest.models import Job, JobState
from ingest.services import import_submit

CATCH_UP_S = 600.0

Purge = Callable[[], int]  # removes for good what was deleted


class Progress(Protocol):
    """Is told how far the run is."""

    def __call__(self, stage: str, done: int, total: int) -> None:
        """`done` of `total` steps of the stage are behind it."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """What became of the corpus."""

    paths: frozenset[str]  # searchable now
    failed: int
    chunks: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Workspace:
    """A temporary collection and the temporary user who alone may read it."""

    user: User
    collection: Collection

    @property
    def scope(self) -> Scope:
        """This collection and nothing else."""
        return Scope.of(self.user).narrowed([self.collection.uuid])

    def load(self, passages: Iterable[dict[str, str]], progress: Progress) -> Loaded:
        """Bring the passages in as any import; return once all of them are searchable or failed.

        Helps the workers when there are any, does their work when there are none.
        """
        started = time.monotonic()
        lines = (json.dumps(passage, ensure_ascii=False).encode() + b"\n" for passage in passages)
        import_submit(collection=self.collection, lines=lines, by=self.user)
        progress("load", 0, 1)
        runner.drain(collection=self.collection)
        indexer.catch_up(timeout_s=CATCH_UP_S)
        live = self._documents().filter(current_version__state=VersionState.LIVE)
        rows = list(live.values_list("path", "current_version__chunk_count"))
        return Loaded(
            paths=frozenset(path for path, _ in rows),
            failed=Job.objects.filter(collection=self.collection, state=JobState.FAILED).count(),
            chunks=sum(count for _, count in rows),
            seconds=time.monotonic() - started,
        )

    def take_out(self, paths: frozenset[str]) -> None:
        """Delete the passages as anybody would."""
        for document in self._documents().filter(path__in=paths).select_related("collection"):
            document_delete(document=document, by=self.user)
        indexer.catch_up(timeout_s=CATCH_UP_S)

    def _documents(self) -> QuerySet[Document]:
        return documents_of(self.scope)


@contextmanager
def opened(purge: Purge) -> Iterator[Workspace]:
    """A new workspace; whatever happens inside the block, nothing of it is left behind."""
    name = f"eval-{uuid.uuid4().hex[:12]}"
    user = User.objects.create_user(username=name)  # without a password: nobody can sign in as it
    try:
        user.user_permissions.add(
            Permission.objects.get(content_type__app_label="knowledge", codename="add_collection")
        )
        collection = collection_create(name=name, by=user)
        try:
            yield Workspace(user=user, collection=collection)
        finally:
            _remove(collection, user, purge)
    finally:
        user.delete()


def _remove(collection: Collection, user: User, purge: Purge) -> None:
    """As any collection goes; then the rows that deletion keeps as a record, too."""
    collection_delete(collection=collection, by=user)
    purge()
    indexer.catch_up(timeout_s=CATCH_UP_S)
    Erasure.objects.filter(requested_by=user).delete()
    collection.delete()
