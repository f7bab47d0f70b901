"""Writing collections and grants. Deleting is in apps.knowledge.deletion."""

from collections.abc import Mapping
from typing import Any, TypedDict, Unpack

from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext

from apps.accounts.models import User
from apps.core.errors import Conflict, Forbidden, Invalid
from apps.core.gates import Switch, SwitchKind, require_open
from apps.knowledge import access
from apps.knowledge.models import Collection, Grant, Permission
from apps.knowledge.models.collections import RemoteUse

COLLECTION_FIELDS = frozenset(
    {
        "name",
        "description",
        "language",
        "profile",
        "remote_use",
        "min_confidence",
        "suggested_questions",
    }
)


class CollectionValues(TypedDict, total=False):
    """Settings of a collection that may be left out."""

    description: str
    language: str
    profile: str
    remote_use: str
    min_confidence: float | None


@transaction.atomic
def collection_create(*, name: str, by: User, **values: Unpack[CollectionValues]) -> Collection:
    """Make an empty collection that its creator manages. Raises Conflict when the name is taken,
    Forbidden for who may not create any, or not an internal one."""
    if not by.has_perm("knowledge.add_collection"):
        raise Forbidden(gettext("You may not create collections. Ask an administrator."))
    collection = Collection(name=name.strip(), **values)
    _require_superuser_for_internal(by, RemoteUse.NO, collection.remote_use)
    _save(collection)
    Grant.objects.create(collection=collection, user=by, permission=Permission.MANAGE)
    return collection


def collection_update(*, collection: Collection, by: User, values: Mapping[str, Any]) -> Collection:
    """Change what COLLECTION_FIELDS names. Raises Forbidden without a MANAGE grant, and for who
    makes it internal, or ends that, without being a superuser; Conflict where a gate is in the way
    of another profile."""
    access.require(by, Permission.MANAGE, collection)
    if unknown := set(values) - COLLECTION_FIELDS:
        raise Invalid(
            gettext("A collection has no %(fields)s.") % {"fields": ", ".join(sorted(unknown))}
        )
    rows = Collection.objects.values_list("remote_use", "profile")
    kept, profile = rows.get(pk=collection.pk)
    _require_superuser_for_internal(by, kept, values.get("remote_use", kept))
    if (wanted := values.get("profile", profile)) != profile:
        told = {"profile": wanted, "collection": collection.pk}
        require_open(Switch(SwitchKind.PROFILE, told), by=by)
    for field, value in values.items():
        setattr(collection, field, value)
    _save(collection)
    return collection


@transaction.atomic
def access_grant(
    *, collection: Collection, permission: Permission, to: User | Group | None, by: User
) -> Grant:
    """Let a user, a group, or (None) everyone who signs in use the collection. Replaces theirs."""
    access.require(by, Permission.MANAGE, collection)
    grant, _ = Grant.objects.update_or_create(
        collection=collection,
        user=to if isinstance(to, User) else None,
        group=to if isinstance(to, Group) else None,
        is_everyone=to is None,
        defaults={"permission": permission},
    )
    return grant


def access_revoke(*, grant: Grant, by: User) -> None:
    """Take a grant back. Safe to repeat."""
    access.require(by, Permission.MANAGE, grant.collection)
    Grant.objects.filter(pk=grant.pk).delete()


def _require_superuser_for_internal(by: User, before: str, after: str) -> None:
    if before != after and RemoteUse.INTERNAL in (before, after) and not by.is_superuser:
        raise Forbidden(
            gettext("Only a superuser makes a collection internal, or ends that. Ask one.")
        )


def _save(collection: Collection) -> None:
    try:
        collection.full_clean(validate_constraints=False)
        collection.validate_constraints()
    except ValidationError as error:
        if set(error.message_dict) == {"__all__"}:
            raise Conflict(gettext("There is already a collection with this name.")) from None
        raise Invalid(
            gettext("The collection cannot be saved."), details=error.message_dict
        ) from None
    try:
        with transaction.atomic():
            collection.save(update_fields=COLLECTION_FIELDS if collection.pk else None)
    except IntegrityError:  # somebody took the name at the same moment
        raise Conflict(gettext("There is already a collection with this name.")) from None
