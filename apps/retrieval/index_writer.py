"""The one writer of a node's index: turns changed versions into published states."""

import logging
import time
from collections.abc import Collection
from pathlib import Path

import numpy as np

from apps.knowledge import changes
from apps.retrieval import generation_indexes, node_index, shared_vectors
from apps.retrieval.index_background import Background
from apps.retrieval.index_composition import Composition, due_to_merge
from apps.retrieval.index_files import (
    Damaged,
    StoredFile,
    empty_quarantine,
    folder_of,
    rebuild_request,
)
from apps.retrieval.index_recovery import recover
from apps.retrieval.index_rewriting import Rewriting
from apps.retrieval.index_rows import live_ids, rows_of
from apps.retrieval.index_staging import (
    Staging,
    next_generation,
    remove_unfinished,
    remove_unreferenced,
    rows_lost,
)
from apps.retrieval.lexical.purging import has_deleted
from apps.retrieval.lexical.writer import TantivyWriter
from apps.retrieval.manifest import FORMAT, Manifest
from apps.retrieval.models import EmbeddingGeneration
from apps.retrieval.vector.merging import FULL_ROWS
from apps.retrieval.vector.segment import CHUNK, LINES, VERSION

logger = logging.getLogger(__name__)

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
        self._dimension = shared_vectors.kept_dimension(generation)
        self._folder = folder_of(generation.pk)
        self._folder.mkdir(parents=True, exist_ok=True)
        self._background = Background(self._folder, self._dimension)
        recovered = recover(self._folder, check_content=check_content)
        self._manifest = recovered.manifest
        self._has_lost = node_index.purged_seq() < self.change_seq  # rows, since the last purge
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
        node_index.note_published(generation, self._manifest or recovered.manifest, {})

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
        chosen = due_to_merge(self._parts, added=0, at_most=FULL_ROWS)
        if not self._background.is_free or not chosen:
            return False
        self._background.begin([chosen])
        return True

    def begin_purge(self) -> bool:
        """Start rewriting in the background whatever holds dead rows; False when it cannot start.

        Where no file holds any, files of former states are removed, and that is all.
        """
        if not self._background.is_free or self._manifest is None:
            return False
        groups = [[part] for part in self._parts if part.live.live < part.entry.size]
        words = self._folder / self._manifest.lexical_folder
        is_in_words = has_deleted(words)
        if not groups and not is_in_words:
            self._note_purged(self.change_seq)
            return False
        self._background.begin(
            groups, purges_to=self.change_seq, words=words if is_in_words else None
        )
        return True

    def take_in(self, *, wait: bool) -> bool:
        """Publish what was rewritten in the background if it is done; `wait` until it is.

        What went wrong is raised to who waits; else it is logged, and tried again later.
        """
        done = self._background.done(wait=wait)
        if done is None:
            return False
        self._publish([], self.change_seq, merge_rows=0, done=done)
        return True

    def rebuild(self) -> None:
        """Make the whole index anew from the database. Searches go on with the old one."""
        self._background.abandon()
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
        self._background.abandon()
        self._lexical.close()

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
        composition = Composition(
            staging, self._lexical, self.generation, self._dimension, self._background.sources
        )
        parts = composition.with_rewritten(self._parts, done) if done else self._parts
        is_purged = done is not None and self._is_purged_by(done)
        self._lexical.delete(version_ids)
        kept = [part.without(version_ids) for part in parts]
        removed = rows_lost(parts, kept)
        self._has_lost = self._has_lost or bool(removed)
        kept = composition.composed(kept, rows_of(version_ids), merge_rows=merge_rows)
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
        self.published_at = time.monotonic()
        if done is not None:
            self._background.abandon()
        self._background.note_deleted(version_ids)
        if done and is_purged and done.purges_to is not None:
            self.segments_purged += len(done.groups) + bool(done.words)
            self._note_purged(done.purges_to)
        node_index.note_published(self.generation, manifest, removed)

    def _is_purged_by(self, done: Rewriting) -> bool:
        return done.words is None or self._lexical.adopt(done.words, done.deleted)

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

    def _lexical_writer(self, manifest: Manifest | None) -> TantivyWriter:
        snapshot = self._folder / manifest.lexical_folder if manifest else None
        return TantivyWriter(self._folder / "work", snapshot)
