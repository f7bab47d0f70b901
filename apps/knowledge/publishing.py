"""Making versions searchable: the one moment at which a new version replaces the old."""

from collections.abc import Sequence

from django.db import IntegrityError, transaction
from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext

from apps.core import clock
from apps.core.errors import Conflict
from apps.knowledge import changes
from apps.knowledge.deletion import versions_retire
from apps.knowledge.models import Change, Collection, Document, Version, VersionState

_VERSIONS_AT_ONCE = 500


@transaction.atomic
def versions_publish(version_ids: Sequence[int]) -> list[int]:
    """Make pending versions live, and those they replace not, in one transaction.

    A version whose document was deleted, or has a newer live version, is left out. Returns the ids
    of those that are live now. Safe to repeat.
    """
    # The same order of locks as deleting: document, then version.
    documents = Document.objects.select_for_update().filter(
        id__in=Version.objects.filter(id__in=version_ids).values("document_id")
    )
    list(documents.order_by("id").values_list("id"))
    pending = list(
        Version.objects.select_for_update(of=("self",))
        .filter(
            id__in=version_ids,
            state=VersionState.PENDING,
            document__deleted_at=None,
            document__collection__deleted_at=None,
        )
        .select_related("document__current_version")
        .order_by("number")
    )
    newest = {version.document_id: version for version in pending if _is_newest(version)}
    Version.objects.filter(
        id__in=[v.pk for v in pending if newest.get(v.document_id) is not v]
    ).update(state=VersionState.SUPERSEDED)
    publishing = list(newest.values())
    versions_retire(
        Version.objects.filter(document__in=newest, state=VersionState.LIVE),
        VersionState.SUPERSEDED,
    )
    ids = [version.pk for version in publishing]
    _go_live(ids, changes.record(Change.Kind.PUBLISH, ids))
    return ids


@transaction.atomic
def collection_reveal(collection: Collection, version_ids: Sequence[int]) -> None:
    """Make a hidden collection and these pending versions of it searchable, in one transaction.

    Hidden: `deleted_at` is set, nothing was deleted. Each document has one of the versions at most.
    Raises Conflict when another collection took the name meanwhile.
    """
    try:
        with transaction.atomic():
            Collection.objects.filter(pk=collection.pk).update(deleted_at=None)
    except IntegrityError:
        raise Conflict(gettext("There is already a collection with this name.")) from None
    ids = sorted(version_ids)
    for start in range(0, len(ids), _VERSIONS_AT_ONCE):
        some = ids[start : start + _VERSIONS_AT_ONCE]
        _go_live(some, changes.record(Change.Kind.PUBLISH, some))


@transaction.atomic
def versions_announce(version_ids: Sequence[int]) -> None:
    """Have every index read these live versions again: their chunks changed where they stand.

    The caller holds the versions' rows.
    """
    numbers = changes.record(Change.Kind.PUBLISH, version_ids)
    for version_id, seq in zip(version_ids, numbers, strict=True):
        Version.objects.filter(pk=version_id).update(change_seq=seq)


def _is_newest(version: Version) -> bool:
    current = version.document.current_version
    return current is None or current.number < version.number


def _go_live(ids: Sequence[int], numbers: Sequence[int]) -> None:
    """Two statements, however many versions: this runs for every document that is taken in."""
    if not ids:
        return
    now = clock.now()
    change = Change.objects.filter(
        seq__gte=numbers[0], seq__lte=numbers[-1], version_id=OuterRef("pk")
    )
    Version.objects.filter(id__in=ids).update(
        state=VersionState.LIVE, published_at=now, change_seq=Subquery(change.values("seq")[:1])
    )
    live = Version.objects.filter(document=OuterRef("pk"), state=VersionState.LIVE)
    Document.objects.filter(versions__in=ids).update(
        current_version=Subquery(live.values("pk")[:1]), updated_at=now
    )
