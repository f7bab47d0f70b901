"""Deleting: one transaction, from whose commit on nothing answers from what was deleted.

The purge of its bytes follows (apps.ops.erasing); the receipt tells how far it is.
"""

from collections.abc import Collection as Many
from uuid import UUID

from django.db import transaction
from django.db.models import OuterRef, QuerySet, Subquery
from django.utils.translation import gettext

from apps.accounts.models import User
from apps.core import clock
from apps.core.errors import Forbidden, NotFound
from apps.knowledge import access, changes
from apps.knowledge.models import (
    Change,
    Collection,
    Document,
    Erasure,
    Permission,
    Version,
    VersionState,
)


@transaction.atomic
def collection_delete(*, collection: Collection, by: User) -> Erasure:
    """Delete the collection with all its documents. Nothing answers from it once this returns.

    Raises Forbidden, too, when it has documents that `by` may not read.
    """
    access.require(by, Permission.MANAGE, collection)
    _require_whole_view(by, collection)
    now = clock.now()
    _locked(Collection.objects.filter(pk=collection.pk, deleted_at=None))
    Collection.objects.filter(pk=collection.pk).update(deleted_at=now)
    _hold(Document.objects.filter(collection=collection, deleted_at=None))
    versions = Version.objects.filter(document__collection=collection)
    erasure = _erase(Erasure.Target.COLLECTION, collection.uuid, versions, by)
    Document.objects.filter(collection=collection, deleted_at=None).update(deleted_at=now)
    return erasure


@transaction.atomic
def document_delete(*, document: Document, by: User) -> Erasure:
    """Delete the document with all its versions. Nothing answers from it once this returns."""
    access.require_on(by, Permission.WRITE, document)
    _locked(Document.objects.filter(pk=document.pk, deleted_at=None))
    versions = Version.objects.filter(document=document.pk)
    erasure = _erase(Erasure.Target.DOCUMENT, document.uuid, versions, by)
    Document.objects.filter(pk=document.pk).update(deleted_at=clock.now())
    return erasure


@transaction.atomic
def version_delete(*, version: Version, by: User) -> Erasure:
    """Delete one version; the document goes with its last one.

    Deleting the version that is searched brings none before it back: those were replaced because
    they were out of date. The document has no answers until new bytes come. Raises NotFound.
    """
    document = version.document
    access.require_on(by, Permission.WRITE, document)
    _locked(Document.objects.filter(pk=document.pk, deleted_at=None))
    found = Version.objects.filter(pk=version.pk, erased_at=None)
    _locked(found)
    return _erase_some(Erasure.Target.VERSION, version.uuid, [version.pk], by)


@transaction.atomic
def source_delete(
    *, source: UUID, version_ids: Many[int], collection: Collection, by: User
) -> Erasure:
    """Delete these versions, all that came into the collection from one source, as one.

    Left out are documents that `by` may not read. Those that have another version keep it; see
    `version_delete` for which one is searched.
    """
    access.require(by, Permission.WRITE, collection)
    documents = access.documents_of(access.Scope.of(by)).filter(collection=collection)
    mine = Version.objects.filter(
        pk__in=version_ids, document__in=documents.order_by(), erased_at=None
    )
    return _erase_some(Erasure.Target.SOURCE, source, list(mine.values_list("pk", flat=True)), by)


def versions_retire(versions: QuerySet[Version], state: VersionState) -> list[int]:
    """Take versions out of search, inside the caller's transaction; returns their ids."""
    locked = versions.select_for_update(of=("self",)).order_by("id")
    found = list(locked.values_list("id", "state"))
    live = [version_id for version_id, was in found if was == VersionState.LIVE]
    ids = [version_id for version_id, _ in found]
    Version.objects.filter(id__in=ids).update(state=state)
    changes.record(Change.Kind.RETIRE, live)
    return ids


def _erase_some(target: Erasure.Target, uuid: UUID, version_ids: Many[int], by: User) -> Erasure:
    """As `_erase`; documents that keep no version go whole, with what was replaced long ago."""
    documents = Document.objects.filter(versions__in=version_ids, deleted_at=None).distinct()
    ids = sorted(documents.values_list("pk", flat=True))
    _hold(Document.objects.filter(pk__in=ids))
    there = Version.objects.exclude(state=VersionState.DEAD).exclude(pk__in=version_ids)
    keeping = set(there.filter(document__in=ids).values_list("document_id", flat=True))
    emptied = [pk for pk in ids if pk not in keeping]
    whole = Version.objects.filter(document__in=emptied).values_list("pk", flat=True)
    doomed = {*version_ids, *whole}
    erasure = _erase(target, uuid, Version.objects.filter(pk__in=doomed), by)
    Document.objects.filter(pk__in=emptied).update(deleted_at=clock.now())
    _settle(Document.objects.filter(pk__in=keeping))
    return erasure


def _settle(documents: QuerySet[Document]) -> None:
    """They show the newest version that is left; none is searched unless it was before."""
    left = Version.objects.filter(document=OuterRef("pk")).exclude(state=VersionState.DEAD)
    live = left.filter(state=VersionState.LIVE)
    documents.update(
        current_version=Subquery(live.values("pk")[:1]),
        latest_version=Subquery(left.order_by("-number").values("pk")[:1]),
        updated_at=clock.now(),
    )


def _erase(target: Erasure.Target, uuid: UUID, versions: QuerySet[Version], by: User) -> Erasure:
    """Also those that were replaced and purged before: answers may quote them still."""
    doomed = versions.filter(erased_at=None)
    ids = list(doomed.order_by("id").values_list("id", flat=True))
    versions_retire(doomed.exclude(state=VersionState.DEAD), VersionState.DEAD)
    doomed.update(erased_at=clock.now(), is_history_kept=False)
    return Erasure.objects.create(
        target=target,
        target_uuid=uuid,
        requested_by=by,
        version_ids=ids,
        change_seq=changes.latest(),
    )


def _require_whole_view(by: User, collection: Collection) -> None:
    """Nobody deletes documents unseen."""
    if access.is_any_hidden(by, collection):
        raise Forbidden(
            gettext("Not everything in it is yours to delete. Ask an administrator of Clawdbot.")
        )


def _hold(documents: QuerySet[Document]) -> None:
    """Lock them before their versions, as publishing does: the other way round they deadlock."""
    list(documents.select_for_update().order_by("pk").values_list("pk"))


def _locked(rows: QuerySet[Collection] | QuerySet[Document] | QuerySet[Version]) -> None:
    """Hold the one row of `rows` until the commit. Raises NotFound when somebody deleted it."""
    if not rows.select_for_update().exists():
        raise NotFound(gettext("It was deleted already."))
