"""Counting documents and jobs for pages that show all at a glance."""

from collections.abc import Mapping

from django.db.models import Count, QuerySet

from apps.knowledge.access import Scope, documents_of
from apps.knowledge.models import Collection, Document
from ingest.models import Job, JobState
from ingest.selectors import STATUSES, filter_status


def documents_by_status(collection: Collection) -> dict[str, int]:
    """Number of documents of the collection in each of STATUSES, in their order."""
    return _by_status(Document.objects.filter(collection=collection, deleted_at=None))


def scope_documents_by_status(scope: Scope) -> dict[str, int]:
    """Number of documents in the scope in each of STATUSES, in their order."""
    return _by_status(documents_of(scope))


def jobs_by_state(scope: Scope) -> Mapping[str, int]:
    """Number of jobs in the scope in each state that has any."""
    jobs = Job.objects.filter(collection_id__in=scope.collection_ids)
    found = jobs.order_by().values_list("state").annotate(Count("id"))
    return dict.fromkeys(JobState.values, 0) | dict(found)


def _by_status(documents: QuerySet[Document]) -> dict[str, int]:
    return {status: filter_status(documents, status).count() for status in STATUSES}
