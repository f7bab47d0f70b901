"""What a collection holds: numbers, kinds, languages, failures, and where it all came from."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, F, Max, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from apps.knowledge.access import Scope, documents_of
from apps.knowledge.models import Collection, Document
from ingest.models import Job, JobState
from ingest.reasons import in_words
from ingest.selectors import jobs_of

_FAILED = Q(state__in=[JobState.FAILED, JobState.CANCELLED])
LISTED = 8


@dataclass(frozen=True, slots=True)
class Holdings:
    """Sums over the newest versions of some documents. Pairs are (name, documents)."""

    size_bytes: int
    pages: int
    chunks: int
    media_types: Sequence[tuple[str, int]]
    languages: Sequence[tuple[str, int]]
    changed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Failure:
    """One reason for which jobs failed, in the reader's language."""

    code: str
    message: str
    count: int


@dataclass(frozen=True, slots=True)
class Origin:
    """A way in which documents came into a collection: upload, archive, text or import."""

    collection_id: int
    way: str
    sender: str
    documents: int
    failed: int
    last_at: datetime


def with_counts(collections: QuerySet[Collection], *, scope: Scope) -> QuerySet[Collection]:
    """With `documents_n` and `failed_n`, counting what the scope covers, for lists."""
    inside = documents_of(scope).filter(collection=OuterRef("pk")).order_by().values("collection")
    failed = Q(latest_version__job__state__in=[JobState.FAILED, JobState.CANCELLED])
    counted = inside.annotate(n=Count("pk"), failed=Count("pk", filter=failed))
    return collections.annotate(
        documents_n=Coalesce(Subquery(counted.values("n")), 0),
        failed_n=Coalesce(Subquery(counted.values("failed")), 0),
    )


def holdings_of(documents: QuerySet[Document]) -> Holdings:
    """Numbers of what the documents hold now."""
    documents = documents.order_by()
    sums = documents.aggregate(
        size_bytes=Sum("latest_version__size_bytes"),
        pages=Sum("latest_version__page_count"),
        chunks=Sum("latest_version__chunk_count"),
        changed_at=Max("updated_at"),
    )
    return Holdings(
        size_bytes=sums["size_bytes"] or 0,
        pages=sums["pages"] or 0,
        chunks=sums["chunks"] or 0,
        changed_at=sums["changed_at"],
        media_types=_counted(documents, "latest_version__media_type"),
        languages=_counted(documents, "latest_version__language"),
    )


def failed_jobs(collection: Collection, *, scope: Scope) -> QuerySet[Job]:
    """Jobs that can be retried: of documents that are still there, of archives and of imports."""
    wanted = Q(version=None) | Q(
        version__document__deleted_at=None, version__document__latest_version=F("version")
    )
    failed = jobs_of(scope).filter(_FAILED & wanted, collection=collection)
    return failed.select_related("collection", "version")


def failures_of(collection: Collection, *, scope: Scope) -> list[Failure]:
    """Why documents of the collection failed, most frequent first."""
    rows = (
        failed_jobs(collection, scope=scope)
        .order_by()
        .values_list("state", "error_code")
        .annotate(count=Count("id"), message=Max("error_message"))
    )
    merged: dict[str, Failure] = {}
    for state, error_code, count, message in rows:
        code = "cancelled" if state == JobState.CANCELLED else error_code
        before = merged[code].count if code in merged else 0
        merged[code] = Failure(code, in_words(code, message), before + count)
    return sorted(merged.values(), key=lambda failure: -failure.count)


def origins_of(scope: Scope) -> list[Origin]:
    """How documents came into each collection of the scope, by whom, newest first.

    Taken from the job rows; four queries for any number of jobs.
    """
    jobs = jobs_of(scope).order_by()
    figures = {
        "documents": Count("id"),
        "failed": Count("id", filter=_FAILED),
        "last_at": Max("created_at"),
    }
    groups = {
        "upload": jobs.filter(kind=Job.Kind.INGEST, parent=None, version__has_blob=True),
        "text": jobs.filter(kind=Job.Kind.INGEST, parent=None, version__has_blob=False),
        "archive": jobs.filter(kind=Job.Kind.INGEST, parent__kind=Job.Kind.ARCHIVE),
        "import": jobs.filter(kind=Job.Kind.INGEST, parent__kind=Job.Kind.IMPORT),
    }
    fields = ("collection_id", "created_by__username")
    found = [
        Origin(collection_id, way, sender or "", documents, failed, last_at)
        for way, group in groups.items()
        for collection_id, sender, documents, failed, last_at in group.values_list(
            *fields
        ).annotate(**figures)
    ]
    return sorted(found, key=lambda origin: origin.last_at, reverse=True)


def _counted(documents: QuerySet[Document], field: str) -> list[tuple[str, int]]:
    rows = documents.exclude(**{field: ""}).exclude(**{field: None})
    counted = rows.values_list(field).annotate(count=Count("id")).order_by("-count", field)
    return list(counted[:LISTED])
