"""The one writer of a node's index: turns changed versions into published states."""

import logging
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import chain, islice
from pathlib import Path

import numpy as np

from apps.core.nodes import node_name
from apps.knowledge import changes
from apps.retrieval import embedding, generation_indexes, receipts, shared_vectors
from apps.retrieval.index_columns import columns_of
from apps.retrieval.index_files import (
    Damaged,
    StoredFile,
    empty_quarantine,
    folder_of,
    rebuild_request,
)
from apps.retrieval.index_recovery import recover
from apps.retrieval.index_rewriting import Rewriting, replaced_by, work_folder
from apps.retrieval.index_rows import IndexRow, live_ids, rows_of
from apps.retrieval.index_staging import (
    Part,
    Staging,
    next_generation,
    remove_unfinished,
    remove_unreferenced,
    rows_lost,
)
from apps.retrieval.lexical.purging import WordsPurge, has_deleted
from apps.retrieval.lexical.writer import TantivyWriter
from apps.retrieval.manifest import FORMAT, Manifest
from apps.retrieval.models import EmbeddingGeneration, NodeIndex
from apps.retrieval.protocols import Vectors
from apps.retrieval.vector.merging import FULL_ROWS, segments_to_merge
from apps.retrieval.vector.segment import CHUNK, LINES, VERSION, Ids

logger = logging.getLogger(__name__)

ROWS_READ_AT_ONCE = 5_000  # held in memory with their texts
REST_S = 600.0  # after a rewriting that failed
ROWS_MERGED_AT_ONCE = 5_000  # at most, while somebody waits for a publish


class IndexWriter:
    """Made under the write lock. After an exception it is spent: make another one.

    Takes up the last published state; what of it is damaged is set aside and rebuilt from the
    database. Sizes are always compared; `check_content` hashes every file too.
    """

    def __init__(self, generation: EmbeddingGeneration, *, check_content: bool = False) -> None:
        self.generation = generation
        self.purged_seq = -1  # what was retired by this change or before is in no file; -1: unknown
        self.segments_purged = 0  # rewritten to get there, by this writer
        self.published_at = time.monotonic()
        self._rewriting: Rewriting | None = None
        self._resting_until = 0.0
        self._dimension = shared_vectors.kept_dimension(generation)
        self._folder = folder_of(generation.pk)
        self._folder.mkdir(parents=True, exist_ok=True)
        recovered = recover(self._folder, check_content=check_content)
        self._manifest = recovered.manifest
        self._has_lost = _purged_before() < self.change_seq  # rows, since the last purge
        self._parts = list(recovered.parts)
        if recovered.manifest is None or self._is_foreign(recovered.manifest):
            self._make_anew()
            return
        try:
            self._lexical = self._lexical_writer(
                recovered.manifest if recovered.has_words else None
            )
        except Damaged as damaged:
            logger.error("The words of the index cannot be read: %s", damaged)
            self._make_anew()
            return
        if not recovered.has_words:
            self._write_words_again()
        if recovered.lost:
            self.reconcile()
        self._report(self._manifest or recovered.manifest, {})

    @property
    def change_seq(self) -> int:
        """The last change that the published state contains."""
        return self._manifest.change_seq if self._manifest else 0

    @property
    def rows(self) -> int:
        """Live rows of the published state."""
        return self._manifest.rows if self._manifest else 0

    @property
    def rebuild_request(self) -> Path:
        """There while somebody wants the index made anew."""
        return rebuild_request(self._folder)

    @property
    def folder(self) -> Path:
        """Where the index lies."""
        return self._folder

    @property
    def files(self) -> tuple[StoredFile, ...]:
        """Every file of the published state."""
        return self._manifest.files if self._manifest else ()

    def is_intact(self) -> bool:
        """Whether every file of the published state is there in its size."""
        return all(file.is_intact(self._folder, content=False) for file in self.files)

    def publish(self, version_ids: Collection[int], change_seq: int) -> None:
        """Bring these versions to what the database says now. Repeating it changes nothing."""
        self._publish(version_ids, change_seq, merge_rows=ROWS_MERGED_AT_ONCE)

    def compact(self) -> bool:
        """Merge segments where that is due; False when there was nothing to do."""
        return self.begin_compaction() and self.take_in(wait=True)

    def purge(self) -> None:
        """Have no file hold anything of what is retired now. Returns when that is done."""
        self.take_in(wait=True)
        while self.purged_seq < self.change_seq:
            self.begin_purge()
            self.take_in(wait=True)

    def begin_compaction(self) -> bool:
        """Start merging in the background where that is due; False when it is not."""
        chosen = _to_merge(self._parts, added=0, at_most=FULL_ROWS)
        if self._is_busy() or not chosen:
            return False
        self._rewriting = Rewriting(
            work_folder(self._folder), [[self._parts[at] for at in chosen]], self._dimension
        )
        return True

    def begin_purge(self) -> bool:
        """Start rewriting in the background whatever holds dead rows; False when it cannot start.

        Where no file holds any, files of former states are removed, and that is all.
        """
        if self._is_busy() or self._manifest is None:
            return False
        groups = [[part] for part in self._parts if part.live.live < part.entry.size]
        words = self._folder / self._manifest.lexical_folder
        is_in_words = has_deleted(words)
        if not groups and not is_in_words:
            self._note_purged(self.change_seq)
            return False
        folder = work_folder(self._folder)
        self._rewriting = Rewriting(
            folder,
            groups,
            self._dimension,
            purges_to=self.change_seq,
            words=WordsPurge(folder / "words", words) if is_in_words else None,
        )
        return True

    def take_in(self, *, wait: bool) -> bool:
        """Publish what was rewritten in the background if it is done; `wait` until it is.

        What went wrong is raised to who waits; else it is logged, and tried again after REST_S.
        """
        rewriting = self._rewriting
        if rewriting is None or not (wait or rewriting.is_done):
            return False
        if not wait and (error := rewriting.failure()):
            logger.error("Segments could not be rewritten; they stay as they are", exc_info=error)
            self._abandon_rewriting()
            self._resting_until = time.monotonic() + REST_S
            return False
        self._publish([], self.change_seq, merge_rows=0, done=rewriting)
        return True

    def rebuild(self) -> None:
        """Make the whole index anew from the database. Searches go on with the old one."""
        self._abandon_rewriting()
        self._lexical.close()  # its threads write into the folder that is emptied now
        self._make_anew()

    def reconcile(self) -> int:
        """Bring every version that differs from the database into line; returns how many."""
        chunk_ids, version_ids = live_ids()
        none = np.empty((LINES, 0), np.int64)
        indexed = np.concatenate([none, *(part.live.live_rows() for part in self._parts)], axis=1)
        missing = version_ids[~np.isin(chunk_ids, indexed[CHUNK])]
        orphaned = indexed[VERSION][~np.isin(indexed[CHUNK], chunk_ids)]
        differing = np.union1d(missing, orphaned).tolist()
        if differing:
            self._publish(differing, self.change_seq, merge_rows=FULL_ROWS)
        return len(differing)

    def close(self) -> None:
        """Stop its threads."""
        self._abandon_rewriting()
        self._lexical.close()

    def _is_busy(self) -> bool:
        return self._rewriting is not None or time.monotonic() < self._resting_until

    def _abandon_rewriting(self) -> None:
        if self._rewriting is not None:
            self._rewriting.abandon()
        self._rewriting = None

    def _is_foreign(self, manifest: Manifest) -> bool:
        """Of another database, or from before vectors moved elsewhere. One that was restored does
        not know of it: what nodes say of their indexes is in no backup."""
        return (
            manifest.change_seq > changes.latest()
            or manifest.dimension != self._dimension
            or not generation_indexes.is_known(self.generation)
        )

    def _make_anew(self) -> None:
        change_seq = changes.latest()  # before reading the rows: what changes meanwhile comes again
        version_ids = np.unique(live_ids()[1]).tolist()
        self._parts = []
        self._lexical = self._lexical_writer(None)
        self._publish(version_ids, change_seq, merge_rows=FULL_ROWS)

    def _write_words_again(self) -> None:
        """Publish the words anew, with the vectors as they are; searches go on by these."""
        versions = [part.live.live_rows()[VERSION] for part in self._parts]
        for row in rows_of(np.unique(np.concatenate([np.empty(0, np.int64), *versions])).tolist()):
            self._lexical.add(row)
        self._publish([], self.change_seq, merge_rows=ROWS_MERGED_AT_ONCE)

    def _publish(
        self,
        version_ids: Collection[int],
        change_seq: int,
        *,
        merge_rows: int,
        done: Rewriting | None = None,
    ) -> None:
        staging = Staging(self._folder, next_generation(self._folder))
        parts = self._with_rewritten(staging, done) if done else self._parts
        is_purged = done is not None and self._is_purged_by(done)
        self._lexical.delete(version_ids)
        kept = [part.without(version_ids) for part in parts]
        removed = rows_lost(parts, kept)
        self._has_lost = self._has_lost or bool(removed)
        rows = rows_of(version_ids)
        if merge_rows == FULL_ROWS:
            kept = self._merged(staging, [*kept, *self._filled(staging, rows)], [], merge_rows)
        for some in _batches(rows):
            kept = self._merged(staging, kept, some, merge_rows)
        kept = [staging.with_dead_written(part) for part in kept if part.live.live]
        self._lexical.commit()
        known = [*(self._manifest.lexical if self._manifest else ())]
        known += done.words.files if done and done.words else ()
        manifest = Manifest(
            format=FORMAT,
            generation=staging.generation,
            model_name=self.generation.model_name,
            model_sha256=self.generation.model_sha256,
            dimension=self._dimension,
            change_seq=change_seq,
            segments=tuple(part.entry for part in kept),
            lexical=staging.write_lexical(self._lexical, known),
        )
        staging.publish(manifest)
        previous = [self._manifest] if self._manifest else []  # somebody may be opening it now
        self._manifest, self._parts = manifest, kept
        remove_unreferenced(self._folder, [manifest, *previous])
        self._note_published(version_ids, done)
        if done and is_purged and done.purges_to is not None:
            self.segments_purged += len(done.groups) + bool(done.words)
            self._note_purged(done.purges_to)
        self._report(manifest, removed)

    def _with_rewritten(self, staging: Staging, done: Rewriting) -> list[Part]:
        """The parts, with what was rewritten instead of what it was made of."""
        made = done.result()
        replaced = replaced_by(made)
        parts = [part for part in self._parts if part.entry.vectors.path not in replaced]
        for one in made:
            alive = one.alive_now(self._parts)
            if alive.any():
                parts.append(staging.take_in(one.folder, one.files, alive))
        return sorted(parts, key=lambda part: -part.live.live)

    def _is_purged_by(self, done: Rewriting) -> bool:
        return done.words is None or self._lexical.adopt(done.words, done.deleted)

    def _note_published(self, version_ids: Collection[int], done: Rewriting | None) -> None:
        self.published_at = time.monotonic()
        if done is not None:
            self._abandon_rewriting()
        elif self._rewriting is not None:
            self._rewriting.deleted.update(version_ids)

    def _note_purged(self, change_seq: int) -> None:
        """Nothing holds what was retired by then but files of former states, and damaged ones."""
        if self._manifest is None:
            return
        remove_unreferenced(self._folder, [self._manifest])
        remove_unfinished(self._folder)
        if self._has_lost:  # else it is kept for a person to look at
            empty_quarantine(self._folder)
        self._has_lost = change_seq < self.change_seq
        self.purged_seq = change_seq

    def _merged(
        self, staging: Staging, parts: Sequence[Part], rows: Sequence[IndexRow], merge_rows: int
    ) -> list[Part]:
        """The parts, with `rows` and the segments due to be merged in one new segment."""
        parts = sorted(parts, key=lambda part: -part.live.live)
        busy = self._rewriting.sources if self._rewriting else frozenset[str]()
        free = [part for part in parts if part.entry.vectors.path not in busy]
        chosen = set(_to_merge(free, added=len(rows), at_most=merge_rows))
        if not rows and not chosen:
            return parts
        merged = [free[at].live for at in sorted(chosen)]
        ids, vectors = self._added(rows)
        new = staging.write_part(merged, vectors, ids, self._dimension)
        rest = [part for part in parts if part not in [free[at] for at in chosen]]
        return sorted([*rest, new], key=lambda part: -part.live.live)

    def _filled(self, staging: Staging, rows: Iterator[IndexRow]) -> Iterator[Part]:
        """New segments of all these rows, each as big as one may be."""
        while first := list(islice(rows, ROWS_READ_AT_ONCE)):
            rest = _batches(islice(rows, FULL_ROWS - ROWS_READ_AT_ONCE))
            yield staging.write_columns(map(self._added, chain([first], rest)), self._dimension)

    def _added(self, rows: Sequence[IndexRow]) -> tuple[Ids, Vectors]:
        """The rows' columns, once their words are added."""
        for row in rows:
            self._lexical.add(row)
        return columns_of(self.generation, self._dimension, rows)

    def _lexical_writer(self, manifest: Manifest | None) -> TantivyWriter:
        snapshot = self._folder / manifest.lexical_folder if manifest else None
        return TantivyWriter(self._folder / "work", snapshot)

    def _report(self, manifest: Manifest, removed: Mapping[int, int]) -> None:
        """The node is as far as the index that is searched; those beside it tell for themselves."""
        generation_indexes.note_published(self.generation, manifest)
        if not embedding.is_current(self.generation):
            return
        NodeIndex.objects.update_or_create(
            node=node_name(),
            defaults={
                "generation": manifest.generation,
                "change_seq": manifest.change_seq,
                "rows": manifest.rows,
            },
        )
        receipts.index_followed(manifest.change_seq, removed)


def _purged_before() -> int:
    mine = NodeIndex.objects.filter(node=node_name()).values_list("purged_seq", flat=True)
    return mine.first() or 0


def _batches(rows: Iterator[IndexRow]) -> Iterator[list[IndexRow]]:
    return iter(lambda: list(islice(rows, ROWS_READ_AT_ONCE)), [])


def _to_merge(parts: Sequence[Part], *, added: int, at_most: int) -> list[int]:
    live = [part.live.live for part in parts]
    return segments_to_merge(
        live, [part.entry.size for part in parts], added=added, at_most=at_most
    )
