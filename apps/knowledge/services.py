"""Writing collections, grants and deletions."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext

from apps.accounts.models import User
from apps.core.errors import Conflict, Forbidden, Invalid, NotFound
from apps.knowledge import access, changes
from apps.knowledge.models import (
    Change,
    Collection,
    Document,
    Erasure,
    Grant,
    Permission,
    Version,
    VersionState,
)

COLLECTION_FIELDS = frozenset(
    {"name", "description", "language", "profile", "min_confidence", "suggested_questions"}
)


@transaction.atomic
def collection_create(
    *,
    name: str,
    by: User,
    description: str = "",
    language: str = "auto",
    profile: str = "general",
    min_confidence: float | None = None,
) -> Collection:
    """Make an empty collection that its creator manages. Raises Conflict when the name is taken."""
    if not by.has_perm("knowledge.add_collection"):
        raise Forbidden(gettext("You may not create collections. Ask an administrator."))
    collection = Collection(
        name=name.strip(),
        description=description,
        language=language,
        profile=profile,
        min_confidence=min_confidence,
    )
    _save(collection)
    Grant.objects.create(collection=collection, user=by, permission=Permission.MANAGE)
    return collection


def collection_update(*, collection: Collection, by: User, values: Mapping[str, Any]) -> Collection:
    """Change what COLLECTION_FIELDS names."""
    access.require(by, Permission.MANAGE, collection)
    if unknown := set(values) - COLLECTION_FIELDS:
        raise Invalid(
            gettext("A collection has no %(fields)s.") % {"fields": ", ".join(sorted(unknown))}
        )
    for field, value in values.items():
        setattr(collection, field, value)
    _save(collection)
    return collection


@transaction.atomic
def collection_delete(*, collection: Collection, by: User) -> Erasure:
    """Delete the collection with all its documents. Nothing answers from it once this returns."""
    access.require(by, Permission.MANAGE, collection)
    now = timezone.now()
    _locked(Collection.objects.filter(pk=collection.pk, deleted_at=None))
    Collection.objects.filter(pk=collection.pk).update(deleted_at=now)
    documents = Document.objects.filter(collection=collection, deleted_at=None)
    versions = Version.objects.filter(document__collection=collection)
    erasure = _erase(Erasure.Target.COLLECTION, collection, versions, by)
    documents.update(deleted_at=now)
    return erasure


@transaction.atomic
def document_delete(*, document: Document, by: User) -> Erasure:
    """Delete the document with all its versions. Nothing answers from it once this returns."""
    access.require(by, Permission.WRITE, document.collection)
    _locked(Document.objects.filter(pk=document.pk, deleted_at=None))
    erasure = _erase(Erasure.Target.DOCUMENT, document, document.versions.all(), by)
    Document.objects.filter(pk=document.pk).update(deleted_at=timezone.now())
    return erasure


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


def versions_retire(versions: QuerySet[Version], state: VersionState) -> list[int]:
    """Take versions out of search, inside the caller's transaction; returns their ids."""
    locked = versions.select_for_update(of=("self",)).order_by("id")
    found: Sequence[tuple[int, str]] = [(version.pk, version.state) for version in locked]
    live = [version_id for version_id, was in found if was == VersionState.LIVE]
    ids = [version_id for version_id, _ in found]
    Version.objects.filter(id__in=ids).update(state=state)
    changes.record(Change.Kind.RETIRE, live)
    return ids


def _locked(rows: QuerySet[Collection] | QuerySet[Document]) -> None:
    """Hold the one row of `rows` until the commit. Raises NotFound when somebody deleted it."""
    if not rows.select_for_update().exists():
        raise NotFound(gettext("It was deleted already."))


def _erase(
    target: Erasure.Target, entity: Collection | Document, versions: QuerySet[Version], by: User
) -> Erasure:
    ids = versions_retire(versions.exclude(state=VersionState.DEAD), VersionState.DEAD)
    return Erasure.objects.create(
        target=target,
        target_uuid=entity.uuid,
        requested_by=by,
        version_ids=ids,
        change_seq=changes.latest(),
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
