"""Tantivy, the writing side: a private working folder, snapshots of which are published."""

import json
import os
import shutil
from collections.abc import Iterable
from pathlib import Path

import tantivy

from apps.retrieval.index_files import Damaged, emptied, sync
from apps.retrieval.index_rows import IndexRow
from apps.retrieval.lexical import schema

_META, _MANAGED = "meta.json", ".managed.json"
_HEAP_BYTES = 40_000_000


class TantivyWriter:
    """Adds and deletes in a working folder that is made anew from a snapshot at each start.

    So nothing a crashed writer left behind counts: the last published snapshot does.
    """

    def __init__(self, folder: Path, snapshot: Path | None) -> None:
        self._folder = emptied(folder)
        if snapshot is not None:
            _link(snapshot, folder)
        try:
            index = schema.opened(str(folder))
        except (ValueError, OSError):
            raise Damaged(_META) from None
        self._writer = index.writer(_HEAP_BYTES, num_threads=1)

    def delete(self, version_ids: Iterable[int]) -> None:
        """Forget the chunks of these versions, at the next commit."""
        # By query: delete_documents_by_term silently deletes nothing on an unsigned field
        # (tantivy 0.27 makes a signed term of the number).
        self._writer.delete_documents_by_query(
            tantivy.Query.term_set_query(schema.SCHEMA, schema.VERSION, sorted(version_ids))
        )

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
            target.mkdir(parents=True)
            try:
                _link(self._folder, target)
            except FileNotFoundError:  # a background merge replaced files meanwhile
                shutil.rmtree(target)
                continue
            sync(target)
            return

    def close(self) -> None:
        """Stop the writer's threads. The writer cannot be used afterwards."""
        self._writer.wait_merging_threads()


def _link(source: Path, target: Path) -> None:
    """Hard-link the files of the state that `source` is in; copies where links are not possible."""
    meta = (source / _META).read_bytes()
    segments = {entry["segment_id"].replace("-", "") for entry in json.loads(meta)["segments"]}
    names = [path.name for path in sorted(source.iterdir()) if path.name.split(".")[0] in segments]
    for name in names:
        try:
            os.link(source / name, target / name)
        except FileNotFoundError:
            raise
        except OSError:  # a file system without links
            shutil.copyfile(source / name, target / name)
    (target / _META).write_bytes(meta)
    (target / _MANAGED).write_text(json.dumps([*names, _META]))
