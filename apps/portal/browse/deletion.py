"""What goes when documents are deleted, and deleting several."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Sum

from apps.accounts.models import User
from apps.core.errors import NotFound
from apps.generation.models import TraceSource
from apps.knowledge.deletion import document_delete
from apps.knowledge.models import Document, Version, VersionState


@dataclass(frozen=True, slots=True)
class Going:
    """All that is erased with some documents; `answers` are those whose quotes are blanked."""

    documents: int
    versions: int
    pages: int
    chunks: int
    size_bytes: int
    answers: int


def what_goes(documents: Sequence[Document]) -> Going:
    """Count it, in two queries."""
    versions = Version.objects.filter(document__in=documents).exclude(state=VersionState.DEAD)
    found = versions.aggregate(
        versions=Count("id"),
        pages=Sum("page_count", default=0),
        chunks=Sum("chunk_count", default=0),
        size_bytes=Sum("size_bytes", default=0),
    )
    quoting = TraceSource.objects.filter(version_id__in=versions.values("id"))
    answers = quoting.aggregate(n=Count("trace", distinct=True))["n"]
    return Going(documents=len(documents), answers=answers, **found)


def documents_delete(documents: Sequence[Document], *, by: User) -> int:
    """Delete each with a receipt of its own; returns how many. Those already gone are passed by."""
    deleted = 0
    for document in documents:
        try:
            document_delete(document=document, by=by)
        except NotFound:
            continue
        deleted += 1
    return deleted
