"""Following the change sequence with the cluster's one writer to Milvus."""

import logging
import threading
import time
from collections.abc import Callable
from contextlib import closing

from django.db import connections

from apps.core import clock
from apps.core.errors import ClawdbotError, Retryable
from apps.core.outages import DATABASE_AWAY
from apps.knowledge import changes
from apps.retrieval.embedding import followed_generations
from apps.retrieval.milvus_writers import MilvusWriters
from apps.retrieval.models import GenerationIndex, NodeIndex
from apps.retrieval.shared_vectors import NODE

logger = logging.getLogger(__name__)

POLL_S = 0.4
RETRY_S = 2.0


def start(stopping: threading.Event) -> threading.Thread:
    """Follow in a thread until `stopping` is set.

    A bug in it sets `stopping`, so that the process ends and is started again.
    """
    thread = threading.Thread(target=_run, args=[stopping], name="milvus")
    thread.start()
    return thread


def catch_up(*, timeout_s: float = 60, keep: Callable[[], None] = lambda: None) -> None:
    """Bring Milvus to the last committed change, here or by the node that writes now.

    Calls `keep` now and then while it writes. Raises Retryable when Milvus does not answer, or
    after `timeout_s`.
    """
    target, deadline = changes.latest(), time.monotonic() + timeout_s
    while _is_behind(target):
        writers = MilvusWriters(keep)
        if writers.lease():
            with closing(writers):
                while writers.step():
                    pass
            return
        if time.monotonic() > deadline:
            raise Retryable("Another node writes to Milvus, and is not at the last change yet")
        time.sleep(POLL_S)


def _run(stopping: threading.Event) -> None:
    is_sound = False
    try:
        _follow_forever(stopping)
        is_sound = True
    finally:
        if not is_sound:
            stopping.set()
        connections.close_all()


def _follow_forever(stopping: threading.Event) -> None:
    reason = ""
    while not stopping.is_set():
        try:
            _follow_until(stopping)
            reason = ""
        except (*DATABASE_AWAY, ClawdbotError) as error:
            if str(error) != reason:  # once, not at every try
                logger.warning("Milvus waits: %s", error)
            reason = str(error)
            connections.close_all()
        stopping.wait(RETRY_S)


def _follow_until(stopping: threading.Event) -> None:
    writers = MilvusWriters()
    NodeIndex.objects.filter(node=NODE).update(updated_at=clock.now())  # though it may be away
    if writers.lease():
        with closing(writers):
            while writers.step() and not stopping.is_set():
                pass
            writers.reconcile()
            while not stopping.is_set():
                if not writers.step():
                    stopping.wait(POLL_S)


def _is_behind(target: int) -> bool:
    """Whether a generation's vectors there are older, or of another database."""
    reached = dict(
        GenerationIndex.objects.filter(node=NODE).values_list("generation_id", "change_seq")
    )
    latest = changes.latest()
    return any(not target <= reached.get(one.pk, -1) <= latest for one in followed_generations())
