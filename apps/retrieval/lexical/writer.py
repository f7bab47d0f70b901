"""Tantivy, the writing side: a private working folder, snapshots of which are published."""

import shutil
from collections.abc import Collection, Iterable
from pathlib import Path

import tantivy

from apps.retrieval.index_files import Damaged, emptied, sync
from apps.retrieval.index_rows import IndexRow
from apps.retrieval.lexical import schema
from apps.retrieval.lexical.damage import damage_told
from apps.retrieval.lexical.files import META, link_files, meta_of, write_lists
from apps.retrieval.lexical.purging import WordsPurge

_HEAP_BYTES = 40_000_000


class TantivyWriter:
    """Adds and deletes in a working folder that is made anew from a snapshot at each start.

    So nothing a crashed writer left behind counts: the last published snapshot does.
    """

    def __init__(self, folder: Path, snapshot: Path | None) -> None:
        self._folder = emptied(folder)
        try:
            with damage_told(META):
                if snapshot is not None:
                    _link(snapshot, folder)
                self._writer = self._opened()
        except KeyError:
            raise Damaged(META) from None

    def delete(self, version_ids: Iterable[int]) -> None:
        """Forget the chunks of these versions, at the next commit."""
        # By query: delete_documents_by_term silently deletes nothing on an unsigned field
        # (tantivy 0.27 makes a signed term of the number).
        self._writer.delete_documents_by_query(schema.of_versions(version_ids))

    def add(self, row: IndexRow) -> None:
        """Index a chunk, at the next commit."""
        self._writer.add_document(schema.document(row))

    def commit(self) -> None:
        """Make everything so far durable in the working folder."""
        self._writer.commit()

    def snapshot(self, target: Path) -> None:
        """Put the committed state into `target` (a folder to be made), by hard links.

        Tantivy never changes a file once written, except the list of them, which is copied.
        """
        while True:
            before = meta_of(self._folder)
            target.mkdir(parents=True)
            try:
                _link(self._folder, target)
            except FileNotFoundError:
                before = {}
            if meta_of(self._folder) == before:
                sync(target)
                return
            shutil.rmtree(target)  # a background merge replaced files meanwhile

    def adopt(self, purge: WordsPurge, version_ids: Collection[int]) -> bool:
        """Take what `purge` made instead of what it was made of. Everything must be committed.

        `version_ids`: deleted since the purge began. False when a merge of Tantivy's own has
        replaced one of its sources meanwhile; nothing is taken then.
        """
        self._writer.wait_merging_threads()
        meta = meta_of(self._folder)
        entries = {entry["segment_id"]: entry for entry in meta["segments"]}
        # A source whose chunks were all deleted since is gone, too.
        is_possible = purge.sources <= entries.keys()
        if is_possible:
            purge.without(version_ids)
            made = meta_of(purge.folder)
            link_files(purge.folder, self._folder, made["segments"])
            rest = [entry for id_, entry in entries.items() if id_ not in purge.sources]
            # No later deletion may get the number, and so the file name, of one in `made`.
            opstamp = max(meta["opstamp"], made["opstamp"])
            listed = {**meta, "segments": [*made["segments"], *rest], "opstamp": opstamp}
            write_lists(self._folder, listed)
        self._writer = self._opened()
        return is_possible

    def close(self) -> None:
        """Stop the writer's threads. The writer cannot be used afterwards."""
        self._writer.wait_merging_threads()

    def _opened(self) -> tantivy.IndexWriter:
        return schema.opened(str(self._folder)).writer(_HEAP_BYTES, num_threads=1)


def _link(source: Path, target: Path) -> None:
    """Put the state that `source` is in into `target`."""
    meta = meta_of(source)
    link_files(source, target, meta["segments"])
    write_lists(target, meta)
