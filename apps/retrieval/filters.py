"""What the asker narrowed the search to, as the rows that an index may return."""

from django.db.models import Q

from apps.knowledge import access
from apps.knowledge.access import Scope
from apps.retrieval.protocols import Filters, RowFilter


def row_filter(scope: Scope, filters: Filters) -> RowFilter:
    """The scope's collections, and the documents in them that `filters` asks for.

    One query when there are filters, none otherwise.
    """
    if not filters:
        return RowFilter(scope.collection_ids)
    found = access.documents_of(scope).filter(_condition(filters)).values_list("pk", flat=True)
    return RowFilter(scope.collection_ids, frozenset(found))


def _condition(filters: Filters) -> Q:
    """Several values of one filter: any of them. Several filters: all of them."""
    condition = Q()
    if filters.documents:
        condition &= Q(uuid__in=filters.documents)
    if filters.media_types:
        condition &= Q(current_version__media_type__in=filters.media_types)
    if filters.languages:
        condition &= Q(current_version__language__in=filters.languages)
    if filters.created_after:
        condition &= Q(created_at__gte=filters.created_after)
    if filters.created_before:
        condition &= Q(created_at__lt=filters.created_before)
    for key, value in filters.metadata.items():
        condition &= Q(**{f"metadata__{key}": value})
    return condition
