"""Purging what was deleted: rows, vectors, originals, quotes in answers; then the receipt.

Nothing answers from deleted text even before this runs: every hit is re-read through
`apps.knowledge.access`. Each step may be repeated; a kill in between loses nothing.
"""

from collections import Counter
from collections.abc import Sequence

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from apps.generation.traces import forget_versions
from apps.knowledge import blobs
from apps.knowledge.models import Chunk, Erasure, Page, Version, VersionState
from apps.retrieval.models import Vector

VERSIONS_AT_ONCE = 100
HASHES_AT_ONCE = 500


def purge() -> int:
    """Purge all deleted and replaced versions; returns how many. Completes open receipts."""
    purged = 0
    for erasure in Erasure.objects.filter(completed_at=None).order_by("created_at"):
        counts = _purge_versions(erasure.version_ids)
        counts["answers"] = forget_versions(erasure.version_ids)
        purged += counts["versions"]
        erasure.counts = dict(Counter(erasure.counts) + counts) or {"versions": 0}
        erasure.completed_at = timezone.now()
        erasure.save(update_fields=["counts", "completed_at"])
    replaced = Version.objects.filter(
        Q(pages__isnull=False) | Q(chunks__isnull=False),
        state=VersionState.SUPERSEDED,
        is_history_kept=False,
    ).distinct()
    ids = list(replaced.values_list("id", flat=True)[:VERSIONS_AT_ONCE])
    return purged + _purge_versions(ids)["versions"]


def _purge_versions(version_ids: Sequence[int]) -> Counter[str]:
    counts: Counter[str] = Counter(versions=len(version_ids))
    for start in range(0, len(version_ids), VERSIONS_AT_ONCE):
        ids = version_ids[start : start + VERSIONS_AT_ONCE]
        hashes = set(Chunk.objects.filter(version_id__in=ids).values_list("text_sha256", flat=True))
        counts["chunks"] += Chunk.objects.filter(version_id__in=ids).delete()[0]
        counts["pages"] += Page.objects.filter(version_id__in=ids).delete()[0]
        counts["vectors"] += _purge_vectors(sorted(hashes))
        counts["blobs"] += _purge_blobs(ids)
    return counts


def _purge_vectors(hashes: Sequence[str]) -> int:
    """Vectors of these texts that no chunk uses any more."""
    used = Chunk.objects.filter(text_sha256=OuterRef("text_sha256"))
    return sum(
        Vector.objects.filter(
            ~Exists(used), text_sha256__in=hashes[start : start + HASHES_AT_ONCE]
        ).delete()[0]
        for start in range(0, len(hashes), HASHES_AT_ONCE)
    )


def _purge_blobs(version_ids: Sequence[int]) -> int:
    """Originals of these versions that no other version uses."""
    gone = Version.objects.filter(id__in=version_ids)
    shas = set(gone.filter(has_blob=True).values_list("content_sha256", flat=True))
    still_used = set(
        Version.objects.filter(content_sha256__in=shas, has_blob=True)
        .exclude(id__in=version_ids)
        .exclude(state=VersionState.DEAD)
        .values_list("content_sha256", flat=True)
    )
    return sum(blobs.remove(sha256) for sha256 in shas - still_used)
