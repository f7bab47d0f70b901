"""The collections that one may read, as they are listed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max, Q, QuerySet

from apps.accounts.models import User
from apps.knowledge.access import Scope, collections_of, documents_of, permissions_of
from apps.knowledge.models import Collection, Permission
from apps.knowledge.pins import pinned_ids


@dataclass(frozen=True, slots=True)
class CollectionRow:
    """A collection with what is told about it."""

    collection: Collection
    document_count: int
    changed_at: datetime
    permission: Permission
    is_pinned: bool


def collections_found(user: User, query: str) -> QuerySet[Collection]:
    """Readable collections, pinned ones first; with a query those it occurs in."""
    found = collections_of(user, Permission.READ)
    if query:
        found = found.filter(Q(name__icontains=query) | Q(description__icontains=query))
    mine = Count("pins", filter=Q(pins__user=user))
    return found.annotate(pinned_first=mine).order_by("-pinned_first", "name")


def collection_rows(user: User, collections: Sequence[Collection]) -> list[CollectionRow]:
    """What is told about these collections, in six queries however many they are."""
    permissions = permissions_of(user, collections)
    pinned = pinned_ids(user)
    counted = (
        documents_of(Scope.of(user))
        .filter(collection__in=[one.pk for one in collections])
        .order_by()
        .values_list("collection_id")
        .annotate(Count("id"), Max("updated_at"))
    )
    facts = {key: (count, changed_at) for key, count, changed_at in counted}
    return [
        CollectionRow(
            collection=one,
            document_count=facts.get(one.pk, (0, None))[0],
            changed_at=facts.get(one.pk, (0, one.created_at))[1],
            permission=permissions.get(one.pk, Permission.READ),
            is_pinned=one.pk in pinned,
        )
        for one in collections
    ]
