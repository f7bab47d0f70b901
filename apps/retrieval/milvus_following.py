"""Following the change sequence with the cluster's one writer to Milvus."""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import timedelta

from django.db import DatabaseError, connections
from django.utils import timezone

from apps.core.errors import ClawdbotError, Retryable
from apps.core.nodes import node_name
from apps.knowledge import changes
from apps.knowledge.models import Erasure
from apps.retrieval import receipts
from apps.retrieval.embedding import followed_generations
from apps.retrieval.milvus_store import collection_of, drop_others
from apps.retrieval.milvus_writer import MilvusWriter
from apps.retrieval.models import EmbeddingGeneration, GenerationIndex, NodeIndex, VectorStore
from apps.retrieval.shared_vectors import NODE
from apps.retrieval.vector_store import LEASE

logger = logging.getLogger(__name__)

POLL_S = 0.4
RETRY_S = 2.0
SIGN_OF_LIFE = timedelta(minutes=1)


def start(stopping: threading.Event) -> threading.Thread:
    """Follow in a thread until `stopping` is set.

    A bug in it sets `stopping`, so that the process ends and is started again.
    """
    thread = threading.Thread(target=_run, args=[stopping], name="milvus")
    thread.start()
    return thread


def catch_up(*, timeout_s: float = 60, keep: Callable[[], None] = lambda: None) -> None:
    """Bring Milvus to the last committed change, here or by the node that writes now.

    Calls `keep` now and then while it writes.

    Raises Retryable when Milvus does not answer, or after `timeout_s`.
    """
    target, deadline = changes.latest(), time.monotonic() + timeout_s
    while _is_behind(target):
        following = Following(keep)
        if following.lease():
            with closing(following):
                while following.step():
                    pass
            return
        if time.monotonic() > deadline:
            raise Retryable("Another node writes to Milvus, and is not at the last change yet")
        time.sleep(POLL_S)


class Following:
    """The writers of all generations that are followed, under the cluster's one lease."""

    def __init__(self, also_keep: Callable[[], None] = lambda: None) -> None:
        """`also_keep`: called whenever the lease is kept."""
        self._also_keep = also_keep
        self._store = VectorStore.here()
        self._writers: dict[int, MilvusWriter] = {}
        self._held_until = 0.0
        self._reported_at = timezone.now() - SIGN_OF_LIFE
        NodeIndex.objects.get_or_create(node=NODE)  # from now on receipts wait for it

    def lease(self) -> bool:
        """Take or keep the right to write; False while another node has it."""
        if time.monotonic() < self._held_until:
            return True
        begun = time.monotonic()
        is_held = self._store.hold(node_name())
        self._held_until = begun + LEASE.total_seconds() / 4 if is_held else 0.0
        return is_held

    def keep(self) -> None:
        """Renew the lease. Raises Retryable when another node has it now."""
        if not self.lease():
            raise Retryable("Another node writes to Milvus now")
        self._also_keep()

    def close(self) -> None:
        """Let another node write."""
        self._store.release(node_name())

    def step(self) -> bool:
        """Bring the next changes of each generation; False when nothing was waiting."""
        self.keep()
        generations = followed_generations()
        self._take_up(generations)
        is_busy = False
        for generation in generations:
            writer = self._writers[generation.pk]
            is_busy |= self._follow(writer, is_first=generation == generations[0])
        if is_busy or timezone.now() - self._reported_at > SIGN_OF_LIFE:
            self._report()
        return is_busy

    def reconcile(self) -> None:
        """Compare Milvus with the database, and bring into line what differs."""
        for writer in self._writers.values():
            differing = writer.reconcile()
            logger.info("Milvus at change %s, %s versions put right",
                        writer.progress.change_seq, differing)  # fmt: skip

    def _take_up(self, generations: Sequence[EmbeddingGeneration]) -> None:
        filled = GenerationIndex.objects.filter(node=NODE)  # a repair deletes what it empties
        known = set(filled.values_list("generation_id", flat=True))
        if self._writers.keys() == known == {generation.pk for generation in generations}:
            return
        self._writers = {pk: writer for pk, writer in self._writers.items() if pk in known}
        for name in drop_others(generations):
            logger.info("Dropped %s from Milvus: nothing follows it", name)
        filled.exclude(generation__in=generations).delete()
        self._writers = {
            generation.pk: self._writers.get(generation.pk) or self._opened(generation)
            for generation in generations
        }
        self._report()

    def _opened(self, generation: EmbeddingGeneration) -> MilvusWriter:
        writer = MilvusWriter(generation, collection_of(generation), self.keep)
        if not writer.progress.change_seq:
            writer.reconcile()
        return writer

    def _follow(self, writer: MilvusWriter, *, is_first: bool) -> bool:
        removed = writer.follow()
        if removed is None:
            return self._is_receipt_waiting(writer) and writer.purge()
        if is_first:
            receipts.index_followed(writer.progress.change_seq, removed, node=NODE)
        return True

    def _is_receipt_waiting(self, writer: MilvusWriter) -> bool:
        """Replaced versions leave Milvus's files when it compacts by itself."""
        open_ones = Erasure.objects.filter(completed_at=None)
        return open_ones.filter(change_seq__gt=writer.progress.purged_seq).exists()

    def _report(self) -> None:
        """Tell health checks, receipts and searches how far Milvus is."""
        for writer in self._writers.values():
            GenerationIndex.objects.update_or_create(
                node=NODE,
                generation=writer.generation,
                defaults={"change_seq": writer.progress.change_seq, "rows": writer.rows},
            )
        first = next(iter(self._writers.values()))
        done = [writer.progress for writer in self._writers.values()]
        purged_seq = min(progress.purged_seq for progress in done)
        NodeIndex.objects.update_or_create(
            node=NODE,
            defaults={
                "generation": first.progress.change_seq,
                "change_seq": min(progress.change_seq for progress in done),
                "purged_seq": purged_seq,
                "rows": first.rows,
            },
        )
        receipts.index_purged(purged_seq, 0, node=NODE)
        self._reported_at = timezone.now()


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
        except (DatabaseError, ClawdbotError) as error:
            if str(error) != reason:  # once, not at every try
                logger.warning("Milvus waits: %s", error)
            reason = str(error)
            connections.close_all()
        stopping.wait(RETRY_S)


def _follow_until(stopping: threading.Event) -> None:
    following = Following()
    NodeIndex.objects.filter(node=NODE).update(updated_at=timezone.now())  # though it may be away
    if following.lease():
        with closing(following):
            while following.step() and not stopping.is_set():
                pass
            following.reconcile()
            while not stopping.is_set():
                if not following.step():
                    stopping.wait(POLL_S)


def _is_behind(target: int) -> bool:
    """Whether a generation's vectors there are older, or of another database."""
    reached = dict(
        GenerationIndex.objects.filter(node=NODE).values_list("generation_id", "change_seq")
    )
    latest = changes.latest()
    return any(not target <= reached.get(one.pk, -1) <= latest for one in followed_generations())
