"""Packs on their way in: their files are still needed. Every process imports this: no vectors."""

from collections.abc import Set

from apps.ops.models import PackImport

State = PackImport.State


def in_use(hashes: Set[str]) -> Set[str]:
    """Those of the originals that are packs on their way in."""
    under_way = PackImport.objects.filter(state__in=[State.WAITING, State.RUNNING])
    return set(under_way.filter(sha256__in=hashes).values_list("sha256", flat=True))
