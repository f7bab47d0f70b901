"""Giving out change numbers: the only writer of the change sequence."""

from collections.abc import Sequence

from django.db.models import F

from apps.knowledge.models import Change, ChangeSequence


def record(kind: Change.Kind, version_ids: Sequence[int]) -> list[int]:
    """Append one change per version, inside the caller's transaction; returns their numbers.

    The counter row stays locked until the commit, so numbers become visible in their order.
    """
    if not version_ids:
        return []
    ChangeSequence.objects.get_or_create(id=1)
    ChangeSequence.objects.filter(id=1).update(last=F("last") + len(version_ids))
    last = ChangeSequence.objects.values_list("last", flat=True).get(id=1)
    numbers = list(range(last - len(version_ids) + 1, last + 1))
    Change.objects.bulk_create(
        Change(seq=seq, kind=kind, version_id=version_id)
        for seq, version_id in zip(numbers, version_ids, strict=True)
    )
    return numbers


def latest() -> int:
    """The number of the last committed change; 0 before the first."""
    return ChangeSequence.objects.filter(id=1).values_list("last", flat=True).first() or 0
