"""The only place that decides who may see what."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self
from uuid import UUID

from django.db.models import Max, Q, QuerySet
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.core.errors import Forbidden, NotFound
from apps.knowledge.models import (
    Chunk,
    Collection,
    Document,
    Grant,
    Permission,
    Version,
    VersionState,
)


@dataclass(frozen=True, slots=True)
class Scope:
    """What one user may read now: whole collections, save `denied_ids`, and single documents."""

    user_id: int
    collection_ids: frozenset[int]
    granted_ids: frozenset[int] = frozenset()  # documents outside these collections
    denied_ids: frozenset[int] = frozenset()  # documents inside them

    @classmethod
    def of(cls, user: User) -> Self:
        """Everything the user may read."""
        readable = collections_of(user, Permission.READ).values_list("id", flat=True)
        return cls(user_id=user.pk, collection_ids=frozenset(readable))

    def narrowed(self, collection_uuids: Iterable[UUID]) -> Self:
        """Only these collections. Raises NotFound when one is missing or may not be read."""
        wanted = set(collection_uuids)
        found = dict(
            Collection.objects.filter(
                uuid__in=wanted, id__in=self.collection_ids, deleted_at=None
            ).values_list("uuid", "id")
        )
        if missing := wanted - found.keys():
            raise NotFound(
                _("A collection of this request does not exist, or you may not read it."),
                details={"collections": sorted(str(uuid) for uuid in missing)},
            )
        return type(self)(user_id=self.user_id, collection_ids=frozenset(found.values()))


def collections_of(user: User, permission: Permission) -> QuerySet[Collection]:
    """Live collections on which the user has at least `permission`, by name."""
    live = Collection.objects.filter(deleted_at=None)
    if not user.is_active:
        return live.none()
    if user.is_superuser:
        return live
    return live.filter(
        pk__in=_grants_of(user).filter(permission__gte=permission).values("collection_id")
    )


def permissions_of(user: User, collections: Iterable[Collection]) -> dict[int, Permission]:
    """The most that the user may do on each of these live collections, by key; one query at most.

    Those that may not be read are left out.
    """
    keys = [collection.pk for collection in collections]
    if not user.is_active:
        return {}
    if user.is_superuser:
        return dict.fromkeys(keys, Permission.MANAGE)
    found = _grants_of(user).filter(collection__in=keys).order_by().values_list("collection_id")
    return {key: Permission(most) for key, most in found.annotate(Max("permission"))}


def _grants_of(user: User) -> QuerySet[Grant]:
    """Every grant that applies to the user."""
    return Grant.objects.filter(Q(user=user) | Q(group__in=user.groups.all()) | Q(is_everyone=True))


def require(user: User, permission: Permission, collection: Collection) -> None:
    """Pass, or raise NotFound (may not even read) or Forbidden (may read, not do this)."""
    if collections_of(user, permission).filter(pk=collection.pk).exists():
        return
    if not collections_of(user, Permission.READ).filter(pk=collection.pk).exists():
        raise NotFound(_("There is no such collection, or you may not read it."))
    raise Forbidden(
        _("You may read “%(name)s” but not change it. Ask its administrator for access.")
        % {"name": collection.name}
    )


def documents_of(scope: Scope) -> QuerySet[Document]:
    """Documents that exist (not deleted) inside the scope."""
    return Document.objects.filter(
        deleted_at=None, collection__deleted_at=None, collection_id__in=scope.collection_ids
    )


def versions_of(scope: Scope) -> QuerySet[Version]:
    """Versions whose pages may be opened: the live ones, and replaced ones kept as history."""
    return Version.objects.filter(
        Q(state=VersionState.LIVE) | Q(state=VersionState.SUPERSEDED, is_history_kept=True),
        document__in=documents_of(scope),
    )


def chunks_of(scope: Scope) -> QuerySet[Chunk]:
    """Chunks that may be answered from: live version, live document, readable collection.

    Every hit of every index passes through here, so a stale index leaks nothing.
    """
    return Chunk.objects.filter(
        is_excluded=False,
        version__state=VersionState.LIVE,
        version__document__deleted_at=None,
        version__document__collection__deleted_at=None,
        version__document__collection_id__in=scope.collection_ids,
    )


def readers_of(collection: Collection) -> QuerySet[User]:
    """Active users who may read the collection, by user name: `explain` says why."""
    active = User.objects.filter(is_active=True).order_by("username")
    if collection.deleted_at is not None:
        return active.none()
    grants = collection.grants.all()
    if grants.filter(is_everyone=True).exists():
        return active
    members = User.objects.filter(groups__in=grants.filter(group__isnull=False).values("group"))
    return active.filter(
        Q(is_superuser=True)
        | Q(pk__in=grants.filter(user__isnull=False).values("user"))
        | Q(pk__in=members.values("pk"))
    )


def explain(user: User, collection: Collection) -> list[str]:
    """Why the user may read the collection, one reason a line; empty when they may not.

    Costs no query when `collection.grants` (with their group) and `user.groups` are prefetched.
    """
    if not user.is_active or collection.deleted_at is not None:
        return []
    reasons = [_("administrator")] if user.is_superuser else []
    memberships = {group.pk for group in user.groups.all()}
    for grant in collection.grants.all():
        allowed = grant.get_permission_display()
        if grant.is_everyone:
            reasons.append(_("everyone: %(allowed)s") % {"allowed": allowed})
        elif grant.user_id == user.pk:
            name = user.get_username()
            reasons.append(_("user %(name)s: %(allowed)s") % {"name": name, "allowed": allowed})
        elif grant.group is not None and grant.group_id in memberships:
            name = grant.group.name
            reasons.append(_("group %(name)s: %(allowed)s") % {"name": name, "allowed": allowed})
    return reasons
