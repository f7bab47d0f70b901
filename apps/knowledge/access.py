"""The only place that decides who may see what.

A user reads a document when they are active and an administrator, or when no denial of it applies
to them and a grant of its collection or of itself does: docs/adr/0012-a-denial-wins.md.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self
from uuid import UUID

from django.db.models import Exists, Max, OuterRef, Q, QuerySet, Value
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.core.errors import Forbidden, NotFound
from apps.knowledge.models import (
    Chunk,
    Collection,
    Document,
    DocumentGrant,
    Grant,
    Permission,
    Version,
    VersionState,
)

Rule = tuple[int, int, bool]  # collection, document, whether it is a denial
# Denied, not asked for as NULL: SQLite would begin with its index of all documents that are there,
# instead of with the few grants of a user.
_DELETED = Q(document__deleted_at__isnull=False) | Q(document__collection__deleted_at__isnull=False)


@dataclass(frozen=True, slots=True)
class Scope:
    """What one user may read now: whole collections, save `denied_ids`, and single documents.

    The ids tell an index what to search. What is shown goes by the database (`readable`), which
    `collection_ids` and `partial_ids` narrow.
    """

    user_id: int
    collection_ids: frozenset[int]
    granted_ids: frozenset[int] = frozenset()  # documents outside these collections
    denied_ids: frozenset[int] = frozenset()  # documents inside them
    partial_ids: frozenset[int] = frozenset()  # the collections of `granted_ids`

    @classmethod
    def of(cls, user: User) -> Self:
        """Everything the user may read. One query, however many grants there are."""
        granted = _granted(user, Permission.READ).order_by()
        if not user.is_active or user.is_superuser:
            return cls(user.pk, frozenset(granted.values_list("pk", flat=True)))
        rows = granted.values_list("pk", Value(0), Value(value=False))
        found = list(rows.union(_rules(user.pk), all=True))
        whole = frozenset(collection for collection, document, _denied in found if not document)
        rules = [rule for rule in found if rule[1]]
        return cls(user.pk, whole, *_single_documents(rules, whole))

    @property
    def visible_ids(self) -> frozenset[int]:
        """The collections of which anything may be read."""
        return self.collection_ids | self.partial_ids

    def covers(self, document: Document) -> bool:
        """Whether the document may be read, as far as the scope knows; costs no query."""
        if document.collection_id in self.collection_ids:
            return document.pk not in self.denied_ids
        return document.pk in self.granted_ids

    def narrowed(self, collection_uuids: Iterable[UUID]) -> Self:
        """Only these collections. Raises NotFound when one is missing or may not be read."""
        wanted = set(collection_uuids)
        found = dict(
            Collection.objects.filter(
                uuid__in=wanted, id__in=self.visible_ids, deleted_at=None
            ).values_list("uuid", "id")
        )
        if missing := wanted - found.keys():
            raise NotFound(
                _("A collection of this request does not exist, or you may not read it."),
                details={"collections": sorted(str(uuid) for uuid in missing)},
            )
        return self.within(frozenset(found.values()))

    def within(self, collection_ids: frozenset[int]) -> Self:
        """What of it lies in these collections. One query when documents have their own rules."""
        whole, partial = self.collection_ids & collection_ids, self.partial_ids & collection_ids
        if not (self.denied_ids and whole) and not partial:
            return type(self)(user_id=self.user_id, collection_ids=whole)
        rules = list(_rules(self.user_id).filter(document__collection__in=whole | partial))
        return type(self)(self.user_id, whole, *_single_documents(rules, whole))


def collections_of(user: User, permission: Permission) -> QuerySet[Collection]:
    """Live collections on which the user has at least `permission`, by name.

    To READ one, a grant on a single document of it is enough; `documents_of` says which ones.
    """
    granted = _granted(user, permission)
    if permission > Permission.READ or not user.is_active or user.is_superuser:
        return granted
    live = Collection.objects.filter(deleted_at=None)
    return live.filter(Q(pk__in=granted.order_by().values("pk")) | Q(pk__in=_with_granted(user.pk)))


def permissions_of(user: User, collections: Iterable[Collection]) -> dict[int, Permission]:
    """The most that the user may do on each of these live collections, by key; two queries at most.

    Those of which nothing may be read are left out.
    """
    keys = [collection.pk for collection in collections]
    if not user.is_active:
        return {}
    if user.is_superuser:
        return dict.fromkeys(keys, Permission.MANAGE)
    found = Grant.objects.filter(_applies_to(user.pk), collection__in=keys).order_by()
    most = found.values_list("collection_id").annotate(Max("permission"))
    permissions = {key: Permission(highest) for key, highest in most}
    if rest := set(keys) - permissions.keys():
        partial = _with_granted(user.pk).filter(document__collection__in=rest)
        permissions |= dict.fromkeys(partial, Permission.READ)
    return permissions


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


def require_on(user: User, permission: Permission, document: Document) -> None:
    """As `require` for its collection; NotFound, too, when the document may not be read."""
    require(user, permission, document.collection)
    if not may_read(user, document):
        raise NotFound(_("There is no such document, or you may not read it."))


def may_read(user: User, document: Document) -> bool:
    """Whether the document exists and the user may read it at this moment; one query."""
    there = Scope(user_id=user.pk, collection_ids=frozenset({document.collection_id}))
    return documents_of(there).filter(pk=document.pk).exists()


def readable(scope: Scope, at: str = "") -> Q:
    """Condition on rows whose document (`at` leads to it) the scope's user may read at this moment.

    Grants and denials are looked up by the database as the rows are read: what was taken away since
    the scope was made counts. Whether the document is deleted is not looked at.
    """
    lead = f"{at}__" if at else ""
    rules = DocumentGrant.objects.filter(_applies_to(scope.user_id))
    grants = Grant.objects.filter(_applies_to(scope.user_id))
    reader = User.objects.filter(pk=scope.user_id, is_active=True)
    denied = Exists(rules.filter(is_denied=True, document=OuterRef(f"{lead}pk")))
    singly = rules.filter(is_denied=False)  # few rows ask for each, a list of documents for all
    granted = Q(**{f"{lead}collection__in": grants.values("collection")}) | (
        Q(Exists(singly.filter(document=OuterRef(f"{lead}pk"))))
        if at
        else Q(pk__in=singly.values("document"))
    )
    return Q(**{f"{lead}collection__in": scope.visible_ids}) & (
        Exists(reader.filter(is_superuser=True)) | (Exists(reader) & ~denied & granted)
    )


def documents_of(scope: Scope) -> QuerySet[Document]:
    """Documents that exist (not deleted) inside the scope."""
    return Document.objects.filter(readable(scope), deleted_at=None, collection__deleted_at=None)


def versions_of(scope: Scope) -> QuerySet[Version]:
    """Versions whose pages may be opened: the live ones, and replaced ones kept as history."""
    return Version.objects.filter(
        Q(state=VersionState.LIVE) | Q(state=VersionState.SUPERSEDED, is_history_kept=True),
        document__in=documents_of(scope),
    )


def versions_kept() -> QuerySet[Version]:
    """Versions that nobody deleted, whoever may read them; also those that were only replaced."""
    return Version.objects.filter(
        erased_at=None, document__deleted_at=None, document__collection__deleted_at=None
    )


def quotable_versions(scope: Scope) -> QuerySet[Version]:
    """Versions that an answer of the past may go on quoting: not deleted, document readable."""
    return versions_kept().filter(readable(scope, at="document"))


def chunks_of(scope: Scope) -> QuerySet[Chunk]:
    """Chunks that may be answered from: live version, live document, readable at this moment.

    Every hit of every index passes through here, so a stale index leaks nothing.
    """
    return Chunk.objects.filter(
        readable(scope, at="version__document"),
        is_excluded=False,
        version__state=VersionState.LIVE,
        version__document__deleted_at=None,
        version__document__collection__deleted_at=None,
    )


def is_any_hidden(user: User, collection: Collection) -> bool:
    """Whether the collection has a document that the user may not read."""
    there = Document.objects.filter(collection=collection, deleted_at=None)
    return there.exclude(pk__in=documents_of(Scope.of(user)).order_by().values("pk")).exists()


def _granted(user: User, permission: Permission) -> QuerySet[Collection]:
    """Live collections that the user has at least `permission` on as a whole."""
    live = Collection.objects.filter(deleted_at=None)
    if not user.is_active:
        return live.none()
    if user.is_superuser:
        return live
    grants = Grant.objects.filter(_applies_to(user.pk), permission__gte=permission)
    return live.filter(pk__in=grants.values("collection"))


def _with_granted(user_id: int) -> QuerySet[DocumentGrant, int]:
    """Keys of the collections with documents that are granted to the user, and not denied."""
    rules = DocumentGrant.objects.filter(_applies_to(user_id))
    denied = rules.filter(is_denied=True).values("document")
    granted = rules.filter(~_DELETED, is_denied=False).exclude(document__in=denied)
    return granted.values_list("document__collection_id", flat=True)


def _rules(user_id: int) -> QuerySet[DocumentGrant, Rule]:
    """Collection, document, and whether it is a denial, of all grants of documents to the user."""
    there = DocumentGrant.objects.filter(_applies_to(user_id), ~_DELETED)
    return there.values_list("document__collection_id", "document_id", "is_denied")


def _single_documents(
    rules: Iterable[Rule], whole: frozenset[int]
) -> tuple[frozenset[int], frozenset[int], frozenset[int]]:
    """Granted documents outside the `whole` collections, denied ones inside, and the collections
    of the former.
    """
    denied = {document: collection for collection, document, is_denied in rules if is_denied}
    granted = {
        document: collection
        for collection, document, is_denied in rules
        if not (is_denied or collection in whole or document in denied)
    }
    inside = frozenset(document for document, place in denied.items() if place in whole)
    return frozenset(granted), inside, frozenset(granted.values())


def _applies_to(user_id: int) -> Q:
    """Condition on grants of either kind: of the user, of a group of theirs, of everyone."""
    groups = User.groups.through.objects.filter(user=user_id).values("group")
    # As `IN (true)` SQLite may use an index for it, and with that one for each of the three.
    return Q(user=user_id) | Q(group__in=groups) | Q(is_everyone__in=[True])
