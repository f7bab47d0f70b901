"""Dropping deleted chunks from Tantivy's files, beside the writer and without stopping it.

Tantivy forgets a deleted chunk's terms when it merges the segment that holds it, and decides itself
when to merge; tantivy-py has no call for it. So the segments concerned are linked into a folder of
their own, whose list of segments makes Tantivy's policy merge them at the next commit: it merges
eight of a size, sizes below 10,000 are alike to it, and size is what the list says
(LogMergePolicy, tantivy 0.25). Empty segments make up the number. What comes out is compared with
what must.
"""

import json
import os
import struct
import time
import zlib
from collections.abc import Collection
from pathlib import Path
from typing import Any
from uuid import uuid4

import tantivy

from apps.retrieval.index_files import StoredFile, emptied, stored
from apps.retrieval.lexical import schema
from apps.retrieval.lexical.damage import damage_told
from apps.retrieval.lexical.files import file_of, link_files, meta_of, write_lists

_MERGED_FROM = 8  # segments
_ALIKE = 10_000  # chunks
_HEAP_BYTES = 15_000_000
_LONGEST_S = 600.0
_POLL_S = 0.05


def has_deleted(snapshot: Path) -> bool:
    """Whether a published snapshot's files hold chunks that were deleted."""
    with damage_told(str(snapshot)):
        return any(entry["deletes"] for entry in meta_of(snapshot)["segments"])


class WordsPurge:
    """The segments of a snapshot that hold deleted chunks, made one that does not.

    `sources`: the segments, by their ids. The snapshot is not needed once this is made.
    """

    def __init__(self, folder: Path, snapshot: Path) -> None:
        self.folder = emptied(folder)
        self._meta = meta_of(snapshot)
        self._entries = [entry for entry in self._meta["segments"] if entry["deletes"]]
        self.sources = frozenset(entry["segment_id"] for entry in self._entries)
        self.files: tuple[StoredFile, ...] = ()  # of what was made
        link_files(snapshot, self.folder, self._entries)

    def run(self) -> None:
        """Merge. Takes seconds for 100,000 chunks; other threads run meanwhile."""
        wanted = sum(_live(entry) for entry in self._entries)
        listed = [_as_small(entry) for entry in self._entries]
        listed += [self._pad() for _ in range(_MERGED_FROM - len(listed))]
        write_lists(self.folder, {**self._meta, "segments": listed})
        with damage_told(str(self.folder)):
            writer = schema.opened(str(self.folder)).writer(_HEAP_BYTES, num_threads=1)
            writer.commit()
            self._await_one_segment()
            writer.wait_merging_threads()
        made = meta_of(self.folder)["segments"]
        self.files = stored(self.folder, self.folder.glob(f"{file_of(made[0])}.*")) if made else ()
        if len(made) != 1 or made[0]["deletes"] or made[0]["max_doc"] != wanted:
            raise RuntimeError(f"Tantivy made {made} of {listed}")

    def _await_one_segment(self) -> None:
        """Here rather than inside Tantivy: other threads get their turn."""
        until = time.monotonic() + _LONGEST_S
        while len(meta_of(self.folder)["segments"]) > 1 and time.monotonic() < until:
            time.sleep(_POLL_S)

    def without(self, version_ids: Collection[int]) -> None:
        """Delete in the result what was deleted since; chunks added since are not in it."""
        if not version_ids:
            return
        writer = schema.opened(str(self.folder)).writer(_HEAP_BYTES, num_threads=1)
        writer.delete_documents_by_query(schema.of_versions(version_ids))
        writer.commit()
        writer.wait_merging_threads()

    def _pad(self) -> dict[str, Any]:
        """A segment of two chunks, both deleted though the list says one: it counts, and is empty.

        An empty segment that says so is left out of the merge.
        """
        source = self.folder / "pad"
        if not source.exists():
            _write_pad(emptied(source))
        (entry,) = meta_of(source)["segments"]
        copy = {
            **entry,
            "segment_id": str(uuid4()),
            "deletes": {"num_deleted_docs": 1, "opstamp": 1},
        }
        for path in source.glob(f"{file_of(entry)}.*"):
            os.link(path, self.folder / f"{file_of(copy)}{path.suffix}")
        (self.folder / f"{file_of(copy)}.1.del").write_bytes(
            _none_alive(2, source / f"{file_of(entry)}.fast")
        )
        return copy


def _write_pad(folder: Path) -> None:
    writer = schema.opened(str(folder)).writer(_HEAP_BYTES, num_threads=1)
    for _ in range(2):
        writer.add_document(tantivy.Document())
    writer.commit()
    writer.wait_merging_threads()


def _live(entry: dict[str, Any]) -> int:
    return int(entry["max_doc"] - entry["deletes"]["num_deleted_docs"])


def _as_small(entry: dict[str, Any]) -> dict[str, Any]:
    """The entry as of one live chunk when it is big. Which chunks live is read from its files."""
    if _live(entry) <= _ALIKE:
        return entry
    return {**entry, "deletes": {**entry["deletes"], "num_deleted_docs": entry["max_doc"] - 1}}


def _none_alive(chunks: int, like: Path) -> bytes:
    """A file of deletes: the number of chunks, a bit each, and the footer of every Tantivy file.

    The footer: JSON with the version (taken from `like`) and the CRC of the rest, its length, a
    magic number (tantivy/src/directory/footer.rs).
    """
    body = struct.pack("<I", chunks) + bytes(8 * -(-chunks // 64))
    content = like.read_bytes()
    length, magic = struct.unpack("<II", content[-8:])
    footer = json.loads(content[-8 - length : -8])
    written = json.dumps({**footer, "crc": zlib.crc32(body)}, separators=(",", ":")).encode()
    return body + written + struct.pack("<II", len(written), magic)
