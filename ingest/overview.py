"""Counting documents and jobs for pages that show all at a glance."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from django.db.models import BooleanField, Count, ExpressionWrapper, Q, QuerySet

from apps.knowledge.access import Scope, documents_of
from apps.knowledge.models import Document
from ingest.models import JobState
from ingest.selectors import STATUSES, indexed_seq, jobs_of, status_word


@dataclass(frozen=True, slots=True)
class Facet:
    """So many documents of one kind: what a list can be narrowed to."""

    status: str
    media_type: str
    language: str
    count: int


def documents_by_status(documents: QuerySet[Document]) -> dict[str, int]:
    """Number of the documents in each of STATUSES, in their order; two queries."""
    counts = Counter[str]()
    for facet in documents_by_facet(documents):
        counts[facet.status] += facet.count
    return {status: counts[status] for status in STATUSES}


def scope_documents_by_status(scope: Scope) -> dict[str, int]:
    """Number of documents in the scope in each of STATUSES, in their order."""
    return documents_by_status(documents_of(scope))


def jobs_by_state(scope: Scope) -> Mapping[str, int]:
    """Number of jobs in the scope in each state that has any."""
    found = jobs_of(scope).order_by().values_list("state").annotate(Count("id"))
    return dict.fromkeys(JobState.values, 0) | dict(found)


def documents_by_facet(documents: QuerySet[Document]) -> list[Facet]:
    """The documents counted by status, media type and language at once, in two queries."""
    version, job = "latest_version__", "latest_version__job__"
    is_indexed = ExpressionWrapper(
        Q(**{f"{version}change_seq__lte": indexed_seq(), f"{version}change_seq__isnull": False}),
        output_field=BooleanField(),
    )
    groups = (
        documents.order_by()
        .annotate(is_indexed=is_indexed)
        .values_list(
            f"{job}state",
            f"{job}stage",
            "is_indexed",
            f"{version}media_type",
            f"{version}language",
        )
        .annotate(Count("id"))
    )
    return [
        Facet(status_word(state, stage, is_indexed=indexed), media_type or "", language or "", n)
        for state, stage, indexed, media_type, language, n in groups
    ]
