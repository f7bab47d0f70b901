"""Following the change sequence with the node's one index writer."""

import logging
import signal
import threading
import time
from collections.abc import Sequence
from contextlib import closing

from django.db import connections

from apps.core import pulse
from apps.core.errors import ClawdbotError, Retryable
from apps.core.outages import DATABASE_AWAY
from apps.knowledge import changes
from apps.knowledge.models import Change
from apps.retrieval import generation_indexes, index_repair, node_index, receipts, shared_vectors
from apps.retrieval import manifest as manifests
from apps.retrieval.embedding import current_generation, followed_generations
from apps.retrieval.followed_writers import FollowedWriters
from apps.retrieval.index_files import Damaged, check_request, folder_of
from apps.retrieval.index_lock import write_lock
from apps.retrieval.index_purging import Housekeeping
from apps.retrieval.index_rows import refresh_statistics
from apps.retrieval.index_upkeep import Upkeep
from apps.retrieval.index_writer import IndexWriter
from apps.retrieval.models import EmbeddingGeneration

logger = logging.getLogger(__name__)

POLL_S = 0.2
RETRY_S = 2.0
CHECK_S = 60.0
_CHANGES_AT_ONCE = 1_000


def catch_up(*, timeout_s: float = 60) -> int:
    """See indexer.catch_up."""
    target, deadline = changes.latest(), time.monotonic() + timeout_s
    while not target <= (reached := _published()) <= changes.latest():
        with write_lock() as is_held:
            if is_held:
                return catch_up_here()
        if time.monotonic() > deadline:
            raise Retryable(
                f"The index is at change {max(reached, 0)} of {target}. "
                "Look at `clawdbot status` and try again."
            )
        time.sleep(POLL_S / 4)
    return reached


def run_forever(verify_command: Sequence[str] = ()) -> None:
    """See indexer.run_forever. Waits while another process writes, or the database is away."""
    stopping, upkeep = threading.Event(), Upkeep(verify_command)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    reason, is_begun = "", False
    while not stopping.is_set():
        pulse.beat("indexer")
        try:
            if not is_begun:
                shared_vectors.start_following(stopping)
                is_begun = True
            with write_lock() as is_held:
                if is_held:
                    _follow(stopping, upkeep)
        except (*DATABASE_AWAY, ClawdbotError, Damaged) as error:
            if str(error) != reason:  # once, not at every try
                logger.warning("The index waits: %s", error)
            reason = str(error)
            connections.close_all()  # one that is broken is not opened anew by itself
        stopping.wait(RETRY_S)
    upkeep.close()


def catch_up_here(*, check_content: bool = False) -> int:
    """Follow every committed change, and requests to rebuild or repair.

    Hashes every file first with `check_content`. The caller holds the write lock.
    """
    receipts.still_here()
    reached = [
        _caught_up(generation, check_content=check_content) for generation in followed_generations()
    ]
    generation_indexes.remove_unfollowed()
    refresh_statistics()
    return reached[0]


def purge_here() -> int:
    """Catch up, and have no file hold anything of what is retired; returns up to which change.

    The caller holds the write lock.
    """
    catch_up_here()
    purged = []
    for generation in followed_generations():
        with closing(IndexWriter(generation)) as writer:
            writer.purge()
            purged.append((writer.purged_seq, writer.segments_purged))
    reached = min(purged_seq for purged_seq, _ in purged)
    node_index.note_purged(reached, sum(segments for _, segments in purged))
    return reached


def purge_now(*, timeout_s: float = 180) -> int:
    """See indexer.purge_now."""
    target, deadline = changes.latest(), time.monotonic() + timeout_s
    while True:
        with write_lock() as is_held:
            if is_held:
                return purge_here()
        if (reached := node_index.purged_seq()) >= target:
            return reached
        if time.monotonic() > deadline:
            raise Retryable("The indexer has not purged its files yet. Try again in a minute.")
        time.sleep(POLL_S)


def _caught_up(generation: EmbeddingGeneration, *, check_content: bool) -> int:
    with closing(IndexWriter(generation, check_content=check_content)) as writer:
        if check_content:
            check_request(writer.folder).unlink(missing_ok=True)
        while _apply_next(writer):
            pass
        writer.compact()
        return writer.change_seq


def _follow(stopping: threading.Event, upkeep: Upkeep) -> None:
    receipts.still_here()
    with closing(FollowedWriters()) as followed:
        checked, counted, housekeeping = time.monotonic(), 0, Housekeeping()
        while not stopping.is_set():
            pulse.beat("indexer")
            writers = list(followed)
            rows = max((writer.rows for writer in writers), default=0)
            if rows > 2 * counted:
                refresh_statistics()
                counted = rows
            has_worked = sum(_apply_next(writer) for writer in writers) > 0
            if housekeeping.step(writers) or has_worked:
                continue
            if upkeep.step({writer.folder: writer.files for writer in writers}):
                return  # taken up again, every file hashed
            if time.monotonic() - checked > CHECK_S:
                if not all(writer.is_intact() for writer in writers):
                    return  # taken up again, what is damaged is rebuilt
                receipts.still_here()
                checked = time.monotonic()
            stopping.wait(POLL_S)


def _apply_next(writer: IndexWriter) -> bool:
    """Publish the next changes, or the whole index anew when asked to; False if nothing waits."""
    if writer.rebuild_request.exists():
        writer.rebuild()
        writer.rebuild_request.unlink(missing_ok=True)
        return True
    if index_repair.answer(writer, writer.folder):
        return True
    waiting = (
        Change.objects.filter(seq__gt=writer.change_seq)
        .order_by("seq")
        .values_list("seq", "version_id")[:_CHANGES_AT_ONCE]
    )
    if not (found := list(waiting)):
        return False
    writer.publish({version_id for _, version_id in found}, found[-1][0])
    return True


def _published() -> int:
    """The change that this node's index has reached; -1 when there is no (intact) index."""
    try:
        manifest = manifests.load(folder_of(current_generation().pk))
    except Damaged:
        return -1
    return manifest.change_seq if manifest else -1
