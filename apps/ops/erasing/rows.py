"""Deleting the rows of dead versions, some at a time, so that the database is never locked long."""

from collections import Counter
from collections.abc import Sequence

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import CharField
from django.db.models.functions import Cast

from apps.knowledge.models import Chunk, Collection, Document, Page, Version
from apps.retrieval.vectors import drop_unused
from ingest.models import Job

CHUNKS_AT_ONCE = 250
PAGES_AT_ONCE = 100


def rows_delete(version_ids: Sequence[int]) -> Counter[str]:
    """Delete some chunks with their vectors, or some pages; empty when none are left.

    Inside the caller's transaction: a vector must not outlive the chunk that leads to it.
    """
    chunks = Chunk.objects.filter(version_id__in=version_ids)
    some = dict(chunks.order_by("pk").values_list("pk", "text_sha256")[:CHUNKS_AT_ONCE])
    if some:
        deleted = Chunk.objects.filter(pk__in=some).delete()[0]
        return Counter(chunks=deleted, vectors=drop_unused(set(some.values())))
    pages = Page.objects.filter(version_id__in=version_ids).order_by("pk")
    if keys := list(pages.values_list("pk", flat=True)[:PAGES_AT_ONCE]):
        return Counter(pages=Page.objects.filter(pk__in=keys).delete()[0])
    return Counter()


def names_forget(version_ids: Sequence[int]) -> None:
    """Titles, paths, names of files and reasons of failures can tell as much as the text.

    Inside the caller's transaction. A document that lives on keeps what it is called now.
    """
    Version.objects.filter(pk__in=version_ids).update(filename="")
    Job.objects.filter(version__in=version_ids).update(payload={}, error_message="")
    gone = Document.objects.filter(versions__in=version_ids).exclude(deleted_at=None)
    keys = sorted(set(gone.values_list("pk", flat=True)))
    gone = Document.objects.filter(pk__in=keys)
    gone.update(path=Cast("uuid", CharField()), title="", url="", metadata={})
    log_forget(Document, keys)
    log_forget(Version, version_ids)


def log_forget(
    model: type[Document] | type[Version] | type[Collection], keys: Sequence[int]
) -> None:
    """The administration's log goes on saying who did what and when, but no longer to which name.

    The row's number stays.
    """
    kind = ContentType.objects.get_for_model(model)
    entries = LogEntry.objects.filter(content_type=kind, object_id__in=[str(key) for key in keys])
    entries.update(object_repr="", change_message="")
