"""The writers of all generations that are in Milvus, under the cluster's one lease."""

import logging
import time
from collections.abc import Callable, Sequence
from datetime import timedelta

from apps.core import clock
from apps.core.errors import Retryable
from apps.core.nodes import node_name
from apps.knowledge.models import Erasure
from apps.retrieval import receipts
from apps.retrieval.embedding import followed_generations
from apps.retrieval.milvus_store import collection_of, drop_others
from apps.retrieval.milvus_writer import MilvusWriter
from apps.retrieval.models import EmbeddingGeneration, GenerationIndex, NodeIndex, VectorStore
from apps.retrieval.shared_vectors import NODE
from apps.retrieval.vector_store import LEASE

logger = logging.getLogger(__name__)

SIGN_OF_LIFE = timedelta(minutes=1)


class MilvusWriters:
    """Made by one thread of one process. After an exception it is spent: make another one."""

    def __init__(self, also_keep: Callable[[], None] = lambda: None) -> None:
        """`also_keep`: called whenever the lease is kept."""
        self._also_keep = also_keep
        self._store = VectorStore.here()
        self._writers: dict[int, MilvusWriter] = {}
        self._held_until = 0.0
        self._reported_at = clock.now() - SIGN_OF_LIFE
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
        self._take_up(followed_generations())
        is_busy = self._follow_all()
        if is_busy or clock.now() - self._reported_at > SIGN_OF_LIFE:
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
        if list(self._writers) == [one.pk for one in generations] and known == {*self._writers}:
            return
        self._writers = {pk: writer for pk, writer in self._writers.items() if pk in known}
        for name in drop_others(generations):
            logger.info("Dropped %s from Milvus: nothing follows it", name)
        filled.exclude(generation__in=generations).delete()
        for generation in generations:
            if generation.pk not in self._writers:
                self._writers[generation.pk] = self._filled(generation)
        self._writers = {generation.pk: self._writers[generation.pk] for generation in generations}
        self._report()

    def _filled(self, generation: EmbeddingGeneration) -> MilvusWriter:
        """Its writer. While an empty collection is filled, the others go on following."""
        writer = MilvusWriter(generation, collection_of(generation), self._keep_and_follow)
        if not writer.progress.change_seq:
            writer.reconcile()
        writer.keep = self.keep
        return writer

    def _keep_and_follow(self) -> None:
        self.keep()
        if self._follow_all():
            self._report_generations()

    def _follow_all(self) -> bool:
        """Each generation's next changes; receipts count those of the searched one, the first."""
        followed = [self._follow(writer, is_first=not at)
                    for at, writer in enumerate(self._writers.values())]  # fmt: skip
        return any(followed)

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
        """Tell health checks, receipts and searches how far Milvus is, once all of it is open."""
        self._report_generations()
        done = [writer.progress for writer in self._writers.values()]
        purged_seq = min(progress.purged_seq for progress in done)
        NodeIndex.objects.update_or_create(
            node=NODE,
            defaults={
                "generation": done[0].change_seq,
                "change_seq": min(progress.change_seq for progress in done),
                "purged_seq": purged_seq,
                "rows": next(iter(self._writers.values())).rows,
            },
        )
        receipts.index_purged(purged_seq, 0, node=NODE)
        self._reported_at = clock.now()

    def _report_generations(self) -> None:
        for writer in self._writers.values():
            GenerationIndex.objects.update_or_create(
                node=NODE,
                generation=writer.generation,
                defaults={"change_seq": writer.progress.change_seq, "rows": writer.rows},
            )
