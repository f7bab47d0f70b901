"""Purging what was deleted: rows, vectors, originals, quotes in answers; then the receipt.

Nothing answers from deleted text even before this runs: every hit, and every answer of the past,
is judged through `apps.knowledge.access` when it is read. Each step may be repeated; a kill in
between loses nothing, and counts nothing twice.
"""

import logging
import time
from datetime import timedelta

from django.db import transaction
from django.db.models import Q

from apps.core import clock
from apps.core.errors import Retryable
from apps.generation.traces import forget_versions
from apps.knowledge.models import Erasure, Version, VersionState
from apps.ops.erasing import storage
from apps.ops.erasing.rows import rows_delete
from apps.ops.erasing.steps import VERSIONS_AT_ONCE, advance
from apps.retrieval import receipts
from ingest import originals

PAUSE_S = 0.02  # between two steps: others write, too
ANSWERS_UNDER_WAY = timedelta(hours=1)
logger = logging.getLogger(__name__)


def purge() -> int:
    """Purge all deleted and replaced versions; returns how many. Completes receipts."""
    purged = 0
    waiting = Erasure.objects.filter(purged_at=None).order_by("created_at")
    for erasure_id in waiting.values_list("pk", flat=True):
        try:
            purged += _purge_erasure(erasure_id)
        except (OSError, Retryable):  # one file that cannot be removed must not hold up the others
            logger.exception("deletion %s is not purged", erasure_id)
    _forget_late_answers()
    purged += _purge_replaced()
    _wipe()
    receipts.complete()
    return purged


def _purge_erasure(erasure_id: int) -> int:
    """All steps that can be taken now; returns how many versions are through by them."""
    before = Erasure.objects.get(pk=erasure_id).counts.get("versions", 0)
    while advance(erasure_id):
        time.sleep(PAUSE_S)
    return int(Erasure.objects.get(pk=erasure_id).counts.get("versions", 0) - before)


def _forget_late_answers() -> None:
    """Answers whose transaction began before a deletion and ended after its purge."""
    since = clock.now() - ANSWERS_UNDER_WAY
    lately = Version.objects.filter(erased_at__gte=since).values_list("pk", flat=True)
    while True:
        with transaction.atomic():
            if not forget_versions(lately):
                return


def _wipe() -> None:
    """The receipts whose steps are all done are purged once the database's own files are clean."""
    ended = Erasure.objects.filter(purged_at=None, progress__has_key="ended")
    ids = [one.pk for one in ended if not one.progress.get("blobs")]
    if ids and storage.wipe():
        Erasure.objects.filter(pk__in=ids).update(purged_at=clock.now())


def _purge_replaced() -> int:
    """Versions that were replaced and whose history nobody wants; they are dead afterwards."""
    replaced = Version.objects.filter(
        Q(state=VersionState.SUPERSEDED, is_history_kept=False)
        | Q(state=VersionState.DEAD, erased_at=None, chunks__isnull=False)
    )
    ids = list(replaced.distinct().values_list("id", flat=True)[:VERSIONS_AT_ONCE])
    Version.objects.filter(id__in=ids).update(state=VersionState.DEAD)
    while _delete_some(ids):
        time.sleep(PAUSE_S)
    files = Version.objects.filter(id__in=ids, has_blob=True)
    originals.release(files.values_list("content_sha256", flat=True))
    return len(ids)


@transaction.atomic
def _delete_some(version_ids: list[int]) -> bool:
    return bool(rows_delete(version_ids))
