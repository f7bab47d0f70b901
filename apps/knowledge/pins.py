"""Collections that people keep at hand."""

from apps.accounts.models import User
from apps.knowledge import access
from apps.knowledge.models import Collection, Permission, Pin


def pin_set(*, user: User, collection: Collection, is_pinned: bool) -> None:
    """Keep the collection at hand, or no longer. Safe to repeat. Raises NotFound."""
    access.require(user, Permission.READ, collection)
    if is_pinned:
        Pin.objects.get_or_create(user=user, collection=collection)
    else:
        Pin.objects.filter(user=user, collection=collection).delete()


def pinned_ids(user: User) -> frozenset[int]:
    """Keys of the collections that the user keeps at hand."""
    return frozenset(Pin.objects.filter(user=user).values_list("collection_id", flat=True))
