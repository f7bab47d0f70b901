"""What who looks at a page may do on a collection, asked of the database once a page."""

from django.http import HttpRequest

from apps.accounts.signed_in import user_of
from apps.knowledge.access import collections_of
from apps.knowledge.models import Permission

KNOWN = "_clawdbot_allowed"


def is_allowed(request: HttpRequest, permission: Permission, collection_id: int) -> bool:
    """Whether the user has at least `permission` on the collection.

    A page that is only read remembers the answer; a request that writes asks each time.
    """
    return _is_there(request, permission, collection_id)


def is_manager_of_any(request: HttpRequest) -> bool:
    """Whether the user manages a collection; remembered in the same way."""
    return _is_there(request, Permission.MANAGE, None)


def _is_there(request: HttpRequest, permission: Permission, key: int | None) -> bool:
    known: dict[tuple[Permission, int | None], bool] = request.__dict__.setdefault(KNOWN, {})
    if (permission, key) not in known or request.method != "GET":
        there = collections_of(user_of(request), permission)
        known[permission, key] = (there if key is None else there.filter(pk=key)).exists()
    return known[permission, key]
