"""The one writer of a node's index: turns changed versions into published states."""

import logging
from collections.abc import Collection, Sequence
from itertools import islice
from pathlib import Path

import numpy as np

from apps.core.nodes import node_name
from apps.knowledge import changes
from apps.retrieval import embedding, generation_indexes, shared_vectors
from apps.retrieval.index_files import Damaged, StoredFile, folder_of, rebuild_request
from apps.retrieval.index_recovery import recover
from apps.retrieval.index_rows import IndexRow, live_ids, rows_of
from apps.retrieval.index_staging import Part, Staging, next_generation, remove_unreferenced
from apps.retrieval.lexical.writer import TantivyWriter
from apps.retrieval.manifest import FORMAT, Manifest
from apps.retrieval.models import EmbeddingGeneration, NodeIndex
from apps.retrieval.protocols import Vectors
from apps.retrieval.vector.merging import FULL_ROWS, segments_to_merge
from apps.retrieval.vector.segment import CHUNK, LINES, VERSION, Ids
from apps.retrieval.vectors import vectors_of

logger = logging.getLogger(__name__)

ROWS_READ_AT_ONCE = 5_000  # held in memory with their texts
ROWS_MERGED_AT_ONCE = 20_000  # at most, while somebody waits for a publish


class IndexWriter:
    """Made under the write lock. After an exception it is spent: make another one.

    Takes up the last published state; what of it is damaged is set aside and rebuilt from the
    database. Sizes are always compared; `check_content` hashes every file too.
    """

    def __init__(self, generation: EmbeddingGeneration, *, check_content: bool = False) -> None:
        self.generation = generation
        self._dimension = shared_vectors.kept_dimension(generation)
        self._folder = folder_of(generation.pk)
        self._folder.mkdir(parents=True, exist_ok=True)
        recovered = recover(self._folder, check_content=check_content)
        self._manifest = recovered.manifest
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
        self._report(self._manifest or recovered.manifest)

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
        is_due = bool(_to_merge(self._parts, added=0, at_most=FULL_ROWS))
        if is_due:
            self._publish([], self.change_seq, merge_rows=FULL_ROWS)
        return is_due

    def rebuild(self) -> None:
        """Make the whole index anew from the database. Searches go on with the old one."""
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
        self._lexical.close()

    def _is_foreign(self, manifest: Manifest) -> bool:
        """Of another database (one restored, perhaps), or from before vectors moved elsewhere."""
        return manifest.change_seq > changes.latest() or manifest.dimension != self._dimension

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

    def _publish(self, version_ids: Collection[int], change_seq: int, *, merge_rows: int) -> None:
        staging = Staging(self._folder, next_generation(self._folder))
        self._lexical.delete(version_ids)
        kept = [part.without(version_ids) for part in self._parts]
        rows = rows_of(version_ids)
        while (some := list(islice(rows, ROWS_READ_AT_ONCE))) or merge_rows == FULL_ROWS:
            kept = self._merged(staging, kept, some, merge_rows)
            if not some:
                break
        kept = [staging.with_dead_written(part) for part in kept if part.live.live]
        self._lexical.commit()
        known = self._manifest.lexical if self._manifest else ()
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
        self._report(manifest)

    def _merged(
        self, staging: Staging, parts: Sequence[Part], rows: Sequence[IndexRow], merge_rows: int
    ) -> list[Part]:
        """The parts, with `rows` and the segments due to be merged in one new segment."""
        for row in rows:
            self._lexical.add(row)
        chosen = set(_to_merge(parts, added=len(rows), at_most=merge_rows))
        if not rows and not chosen:
            return list(parts)
        merged = [part.live for at, part in enumerate(parts) if at in chosen]
        ids, vectors = self._columns(rows)
        new = staging.write_part(merged, vectors, ids, self._dimension)
        rest = [part for at, part in enumerate(parts) if at not in chosen]
        return sorted([*rest, new], key=lambda part: -part.live.live)

    def _columns(self, rows: Sequence[IndexRow]) -> tuple[Ids, Vectors]:
        stored = vectors_of(self.generation, {row.text_sha256 for row in rows})
        vectors = np.zeros((len(rows), self._dimension), np.float32)
        is_kept = self._dimension == self.generation.dimension
        ids = np.zeros((LINES, len(rows)), np.int64)
        for at, row in enumerate(rows):
            vector = stored.get(row.text_sha256)
            if vector is not None and is_kept:
                vectors[at] = vector
            ids[:, at] = (
                row.chunk_id,
                row.version_id,
                row.document_id,
                row.collection_id,
                vector is not None,
            )
        if len(stored) < len({row.text_sha256 for row in rows}):
            logger.warning("Some chunks have no vector of %s", self.generation)
        return ids, vectors

    def _lexical_writer(self, manifest: Manifest | None) -> TantivyWriter:
        snapshot = self._folder / manifest.lexical_folder if manifest else None
        return TantivyWriter(self._folder / "work", snapshot)

    def _report(self, manifest: Manifest) -> None:
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


def _to_merge(parts: Sequence[Part], *, added: int, at_most: int) -> list[int]:
    live = [part.live.live for part in parts]
    return segments_to_merge(
        live, [part.entry.size for part in parts], added=added, at_most=at_most
    )
