"""Purging what was deleted: rows, vectors, originals, quotes in answers; then the receipt.

Nothing answers from deleted text even before this runs: every hit is re-read through
`apps.knowledge.access`. Each step may be repeated; a kill in between loses nothing.
"""

import logging
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from django.db.models import CharField, Q
from django.db.models.functions import Cast
from django.utils import timezone

from apps.generation.curated.forgetting import collections_forget, curated_forget
from apps.generation.traces import forget_versions
from apps.knowledge import blobs
from apps.knowledge.models import (
    Chunk,
    Collection,
    Document,
    Erasure,
    Page,
    Version,
    VersionState,
    Widget,
)
from apps.retrieval.models import NodeIndex
from apps.retrieval.vectors import drop_unused
from ingest import originals

VERSIONS_AT_ONCE = 100
NODE_FORGOTTEN_AFTER = timedelta(days=1)
logger = logging.getLogger(__name__)


def purge() -> int:
    """Purge all deleted and replaced versions; returns how many. Completes open receipts."""
    purged = 0
    for erasure in Erasure.objects.filter(completed_at=None).order_by("created_at"):
        try:
            purged += _purge_erasure(erasure)
        except OSError:  # one file that cannot be removed must not hold up the others
            logger.exception("erasure %s is not complete", erasure.uuid)
    blobs.remove_abandoned()
    return purged + _purge_replaced()


def _purge_erasure(erasure: Erasure) -> int:
    """Purge once; the receipt is complete when the indexes have followed, too."""
    purged = 0
    if not erasure.counts:
        counts = _purge_versions(erasure.version_ids)
        if erasure.target == Erasure.Target.COLLECTION:
            held = originals.forget_jobs_of(erasure.target_uuid)
            counts["blobs"] += originals.release(held)
            counts["answers"] += _forget_curation(erasure.target_uuid)
        counts["answers"] += forget_versions(erasure.version_ids)
        counts["answers"] += curated_forget(erasure.version_ids)
        _forget_names(erasure.version_ids)
        purged = counts["versions"]
        erasure.counts = dict(counts)
    if not _is_index_behind(erasure.change_seq):
        erasure.completed_at = timezone.now()
    erasure.save(update_fields=["counts", "completed_at"])
    return purged


def _is_index_behind(change_seq: int) -> bool:
    """Whether a node that is alive still has the deleted rows in its files."""
    alive = NodeIndex.objects.filter(updated_at__gte=timezone.now() - NODE_FORGOTTEN_AFTER)
    return alive.filter(change_seq__lt=change_seq).exists()


def _purge_replaced() -> int:
    """Versions that were replaced and whose history nobody wants; they are dead afterwards."""
    replaced = Version.objects.filter(
        Q(state=VersionState.SUPERSEDED, is_history_kept=False)
        | Q(state=VersionState.DEAD, chunks__isnull=False)
    )
    ids = list(replaced.distinct().values_list("id", flat=True)[:VERSIONS_AT_ONCE])
    Version.objects.filter(id__in=ids).update(state=VersionState.DEAD)
    return _purge_versions(ids)["versions"]


def _purge_versions(version_ids: Sequence[int]) -> Counter[str]:
    counts: Counter[str] = Counter(versions=len(version_ids))
    for start in range(0, len(version_ids), VERSIONS_AT_ONCE):
        ids = version_ids[start : start + VERSIONS_AT_ONCE]
        chunks = Chunk.objects.filter(version_id__in=ids)
        hashes = set(chunks.values_list("text_sha256", flat=True))
        counts["chunks"] += chunks.delete()[0]
        counts["pages"] += Page.objects.filter(version_id__in=ids).delete()[0]
        counts["vectors"] += drop_unused(hashes)
        files = Version.objects.filter(id__in=ids, has_blob=True)
        counts["blobs"] += originals.release(files.values_list("content_sha256", flat=True))
    return counts


def _forget_curation(collection: UUID) -> int:
    """What curators of a deleted collection wrote, were asked and collected, and its widget."""
    for gone in Collection.objects.filter(uuid=collection).exclude(deleted_at=None):
        gone.golden_questions.all().delete()
        Widget.objects.filter(collection=gone).delete()
        Collection.objects.filter(pk=gone.pk).update(suggested_questions=[])
    return collections_forget()


def _forget_names(version_ids: Sequence[int]) -> None:
    """Titles, paths and metadata of deleted documents can tell as much as their text."""
    Document.objects.filter(versions__in=version_ids).exclude(deleted_at=None).update(
        path=Cast("uuid", CharField()), title="", url="", metadata={}
    )
