"""The row of an import: claimed, kept alive, ended, and cleaned up after whoever died over it."""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext, gettext_lazy

from apps.core import clock
from apps.core.errors import ClawdbotError, Conflict
from apps.core.worker_names import worker_name
from apps.knowledge import blobs
from apps.knowledge.models import Chunk, Collection, Document, Page, Version, VersionState
from apps.ops.models import PackImport
from apps.retrieval.vectors import drop_unused
from ingest import originals

logger = logging.getLogger(__name__)

LEASE = timedelta(minutes=5)
RENEW_S = 5.0
MOST_ATTEMPTS = 3
VERSIONS_AT_ONCE = 100
BUG = gettext_lazy(
    "Something went wrong inside Clawdbot. The log has the details. Nothing was changed."
)
CUT_SHORT = gettext_lazy(
    "It was cut short; what was there of it is removed. Import the pack again."
)
State = PackImport.State
Report = Callable[[str, int, int], None]


def claim(key: int) -> PackImport | None:
    """Take a waiting import; None when somebody else has it or it is over."""
    mine = worker_name()
    waiting = PackImport.objects.filter(pk=key, state=State.WAITING)
    if not waiting.update(state=State.RUNNING, worker=mine, lease_until=clock.now() + LEASE):
        return None
    return PackImport.objects.select_related("created_by").get(pk=key)


def is_uploaded(row: PackImport) -> bool:
    """Whether it lies with the originals: packs of the command line do not."""
    return bool(row.sha256) and blobs.exists(row.sha256)


def renewing(row: PackImport, report: Report) -> Report:
    """`report`, which also keeps the lease and notes the progress every few seconds."""
    renewed = time.monotonic()

    def tell(what: str, done: int, total: int) -> None:
        nonlocal renewed
        report(what, done, total)
        if time.monotonic() - renewed > RENEW_S:
            renewed = time.monotonic()
            is_writing = row.collection_id is not None
            share = (0.5 if is_writing else 0.0) + 0.49 * min(done / max(total, 1), 1.0)
            _mine(row).update(lease_until=clock.now() + LEASE, progress=share)

    return tell


@contextmanager
def recording_outcome(row: PackImport) -> Iterator[None]:
    """What the block raises ends the import: what it wrote is removed, the row says why."""
    try:
        yield
    except ClawdbotError as error:
        _end(row, error.message)
        raise
    except BaseException as error:
        if isinstance(error, Exception):
            logger.exception("the import %s failed", row.uuid)
        _end(row, str(BUG if isinstance(error, Exception) else CUT_SHORT))
        raise


def require_held(row: PackImport) -> None:
    """Hold the row to the commit. Raises Conflict when somebody cleaned up after us already."""
    if not _mine(row).select_for_update().exists():
        raise Conflict(
            gettext("The import took too long without a sign of life. Import the pack again.")
        )


def sweep() -> int:
    """Clean up after imports whose worker fell silent; returns how many. Safe to repeat.

    An uploaded pack is tried again, some times; one of the command line has ended.
    """
    now = clock.now()
    swept = 0
    silent = Q(state=State.RUNNING, lease_until__lt=now)
    for row in PackImport.objects.filter(silent):
        mine = worker_name()
        held = PackImport.objects.filter(silent, pk=row.pk)
        if held.update(worker=mine, lease_until=now + LEASE, attempts=F("attempts") + 1):
            row.refresh_from_db()
            is_again = is_uploaded(row) and row.attempts < MOST_ATTEMPTS
            _end(row, str(CUT_SHORT), state=State.WAITING if is_again else State.FAILED)
            swept += 1
    return swept


def _mine(row: PackImport) -> QuerySet[PackImport]:
    return PackImport.objects.filter(pk=row.pk, state=State.RUNNING, worker=row.worker)


def _end(row: PackImport, message: str, *, state: State = State.FAILED) -> None:
    if not _mine(row).exists():
        return
    if row.collection is not None and row.collection.deleted_at is not None:
        wipe(row.collection)
    is_over = state == State.FAILED
    _mine(row).update(
        state=state,
        message=message if is_over else "",
        collection=None,
        progress=0.0,
        lease_until=None,
        finished_at=clock.now() if is_over else None,
    )
    if is_over:
        originals.release([row.sha256] if row.sha256 else [])


def wipe(hidden: Collection) -> None:
    """Remove a collection that was never shown, with all that was written for it."""
    versions = Version.objects.filter(document__collection=hidden)
    while ids := list(versions.order_by("pk").values_list("pk", flat=True)[:VERSIONS_AT_ONCE]):
        some = Version.objects.filter(pk__in=ids)
        chunks = Chunk.objects.filter(version__in=ids)
        hashes = set(chunks.values_list("text_sha256", flat=True))
        files = set(some.filter(has_blob=True).values_list("content_sha256", flat=True))
        chunks.delete()
        drop_unused(hashes)
        Page.objects.filter(version__in=ids).delete()
        # The versions go last: they tell a second sweep what is left, should this one die.
        some.update(state=VersionState.DEAD, is_history_kept=False)
        originals.release(files)
        some.delete()
    Document.objects.filter(collection=hidden).delete()
    hidden.delete()
