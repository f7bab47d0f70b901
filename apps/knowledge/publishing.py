"""Making versions searchable: the one moment at which a new version replaces the old."""

from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from apps.knowledge import changes
from apps.knowledge.models import Change, Document, Version, VersionState
from apps.knowledge.services import versions_retire


@transaction.atomic
def versions_publish(version_ids: Sequence[int]) -> list[int]:
    """Make pending versions live, and those they replace not, in one transaction.

    A version whose document was deleted, or has a newer live version, is left out. Returns the ids
    of those that are live now. Safe to repeat.
    """
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
    numbers = changes.record(Change.Kind.PUBLISH, [version.pk for version in publishing])
    _go_live(publishing, numbers)
    return [version.pk for version in publishing]


def _is_newest(version: Version) -> bool:
    current = version.document.current_version
    return current is None or current.number < version.number


def _go_live(versions: Sequence[Version], numbers: Sequence[int]) -> None:
    now = timezone.now()
    for version, seq in zip(versions, numbers, strict=True):
        version.state = VersionState.LIVE
        version.change_seq = seq
        version.published_at = now
        version.document.current_version = version
        version.document.updated_at = now
    Version.objects.bulk_update(versions, ["state", "change_seq", "published_at"], batch_size=100)
    Document.objects.bulk_update(
        [version.document for version in versions],
        ["current_version", "updated_at"],
        batch_size=100,
    )
