"""What one publish adds to an index: written aside, then visible whole or not at all."""

import shutil
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import Self

import numpy as np

from apps.retrieval import manifest as manifests
from apps.retrieval.index_files import StoredFile, emptied, stored, sync, write_durably
from apps.retrieval.lexical.writer import TantivyWriter
from apps.retrieval.manifest import Manifest, SegmentEntry
from apps.retrieval.protocols import Vectors
from apps.retrieval.vector.live import LiveSegment
from apps.retrieval.vector.segment import (
    CODES,
    ROWS,
    VECTORS,
    VERSION,
    FaissSegment,
    Ids,
    Mask,
    write_columns,
    write_segment,
)

_STAGING, _REWRITING = ".staging", ".rewriting"


@dataclass(frozen=True, slots=True)
class Part:
    """A segment of the coming state: how its manifest names it, and its opened files.

    Its codes stay closed, 48 bytes a row: a writer does not search.
    """

    entry: SegmentEntry
    live: LiveSegment

    @classmethod
    def open(cls, folder: Path, entry: SegmentEntry) -> Self:
        """Raises Damaged."""
        return cls(entry, LiveSegment.open(folder, replace(entry, codes=None)))

    def without(self, version_ids: Collection[int]) -> Self:
        """The part with the rows of these versions dead (in memory only)."""
        return replace(self, live=self.live.without(version_ids))


class Staging:
    """A folder beside the published ones, renamed to its number at the end."""

    def __init__(self, folder: Path, generation: int) -> None:
        self.generation = generation
        self._folder = folder
        self._path = emptied(folder / _STAGING)
        self._written = 0

    def write_part(
        self, merged: Sequence[LiveSegment], vectors: Vectors, rows: Ids, dimension: int
    ) -> Part:
        """A new segment of the live rows of `merged` and of new ones: `rows` (5, n), `vectors`."""
        target = self._path / self._next_name("segment")
        ids = np.concatenate([*(live.live_rows() for live in merged), rows], axis=1)
        blocks = chain.from_iterable(live.segment.blocks(live.alive) for live in merged)
        write_segment(target, chain(blocks, [vectors]), ids, dimension)
        return self._opened(target, stored(target, target.iterdir()))

    def write_columns(self, columns: Iterable[tuple[Ids, Vectors]], dimension: int) -> Part:
        """A new segment of these ids (5, n) and vectors (n, dimension), however they are cut."""
        target = self._path / self._next_name("segment")
        write_columns(target, columns, dimension)
        return self._opened(target, stored(target, target.iterdir()))

    def take_in(self, folder: Path, files: Iterable[StoredFile], alive: Mask) -> Part:
        """A segment that was written elsewhere on this disk, of which `alive` rows count.

        `files`: by their paths inside `folder`, which is moved.
        """
        target = self._path / self._next_name("segment")
        folder.replace(target)
        part = self._opened(target, files)
        return part if alive.all() else replace(part, live=replace(part.live, alive=alive))

    def _opened(self, target: Path, files: Iterable[StoredFile]) -> Part:
        named = {file.path: replace(file, path=self._final(target / file.path)) for file in files}
        segment = FaissSegment.open(target / VECTORS, target / ROWS)
        size = segment.rows.shape[1]
        entry = SegmentEntry(
            named[VECTORS], named[ROWS], dead=None, codes=named.get(CODES), size=size, live=size
        )
        return Part(entry, LiveSegment(segment, np.ones(size, np.bool_)))

    def with_dead_written(self, part: Part) -> Part:
        """The part with its dead rows on disk, where they are more than its manifest knew."""
        if part.live.live == part.entry.live:
            return part
        path = self._path / f"{self._next_name('dead')}.npy"
        np.save(path, part.live.dead)
        sync(path)
        (dead,) = self._described([path])
        return replace(part, entry=replace(part.entry, dead=dead, live=part.live.live))

    def write_lexical(
        self, writer: TantivyWriter, known: Iterable[StoredFile]
    ) -> tuple[StoredFile, ...]:
        """A snapshot of what the writer committed. Files of `known` are not hashed again."""
        target = self._path / "lexical"
        writer.snapshot(target)
        hashes = {(Path(file.path).suffix, Path(file.path).name): file for file in known}
        files = []
        for path in sorted(target.iterdir()):
            before = hashes.get((path.suffix, path.name))
            is_list = path.suffix == ".json"
            if before and not is_list and before.size_bytes == path.stat().st_size:
                files.append(replace(before, path=self._final(path)))
            else:
                files.extend(self._described([path]))
        return tuple(files)

    def publish(self, manifest: Manifest) -> None:
        """Make it the state that holds, for every process of the node."""
        write_durably(self._path / "manifest.json", manifest.to_json())
        self._path.replace(self._folder / f"{self.generation:06d}")
        sync(self._folder)
        manifests.point_to(self._folder, self.generation)

    def _next_name(self, kind: str) -> str:
        self._written += 1
        return f"{kind}-{self._written}"

    def _final(self, path: Path) -> str:
        return f"{self.generation:06d}/{path.relative_to(self._path)}"

    def _described(self, paths: Iterable[Path]) -> tuple[StoredFile, ...]:
        return tuple(
            replace(file, path=f"{self.generation:06d}/{file.path}")
            for file in stored(self._path, paths)
        )


def next_generation(folder: Path) -> int:
    """A number that no publish of this index, finished or not, ever had."""
    return max((int(path.name) for path in folder.glob("[0-9]*")), default=0) + 1


def rewriting_folder(folder: Path) -> Path:
    """Where segments are written anew in the background."""
    return folder / _REWRITING


def remove_unfinished(folder: Path) -> None:
    """Delete what a publish or a rewriting that was killed left behind. None may be under way."""
    for name in (_STAGING, _REWRITING):
        shutil.rmtree(folder / name, ignore_errors=True)


def remove_unreferenced(folder: Path, manifests_kept: Sequence[Manifest]) -> None:
    """Delete what no kept manifest names. Readers that still map such files keep their pages."""
    kept = {manifests.path_of(manifest.generation) for manifest in manifests_kept}
    for manifest in manifests_kept:
        kept.update(file.path for file in manifest.files)
    kept |= {str(Path(path).parent) for path in kept}
    for path in folder.glob("[0-9]*/*"):
        if str(path.relative_to(folder)) in kept:
            continue
        if path.is_dir():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
    for path in folder.glob("[0-9]*"):
        if not any(path.iterdir()):
            path.rmdir()


def rows_lost(before: Sequence[Part], after: Sequence[Part]) -> dict[int, int]:
    """Version -> rows that counted before and do not after. Both have the same parts in order."""
    lost: dict[int, int] = {}
    for one, other in zip(before, after, strict=True):
        if one is other or one.live is other.live:
            continue
        gone = one.live.segment.rows[VERSION][one.live.alive & ~other.live.alive]
        for version_id, count in zip(*np.unique(gone, return_counts=True), strict=True):
            lost[int(version_id)] = lost.get(int(version_id), 0) + int(count)
    return lost
