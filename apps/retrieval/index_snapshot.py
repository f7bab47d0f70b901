"""What searches read: one published state of the index, opened once per process and shared."""

import logging
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from apps.retrieval import manifest as manifests
from apps.retrieval import shared_vectors
from apps.retrieval.index_files import Damaged, folder_of
from apps.retrieval.lexical.leg import TantivyLexical
from apps.retrieval.manifest import Manifest, SegmentEntry
from apps.retrieval.protocols import DenseLeg
from apps.retrieval.vector.dense import SegmentsDense
from apps.retrieval.vector.live import LiveSegment

logger = logging.getLogger(__name__)

_ATTEMPTS = 5


@dataclass(frozen=True, slots=True, eq=False)
class Snapshot:
    """Vectors and words of the same publish. Safe for many threads; never changes.

    `missing` names the parts that could not be opened; the rest is searched.
    """

    manifest: Manifest
    segments: dict[SegmentEntry, LiveSegment]
    dense: DenseLeg
    lexical: TantivyLexical | None
    missing: tuple[str, ...]

    @property
    def without_vector(self) -> int:
        """Live rows that words alone can find."""
        return sum(live.without_vector for live in self.segments.values())


def current_snapshot(embedding_generation_id: int) -> Snapshot | None:
    """The state that holds now; None while there is no index. Costs one stat() when unchanged."""
    return _opener(folder_of(embedding_generation_id)).current()


@lru_cache(maxsize=4)
def _opener(folder: Path) -> "_Opener":
    return _Opener(folder)


class _Opener:
    """Holds the open state of one index folder and replaces it when the writer publishes."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._opening = threading.Lock()
        self._seen: tuple[int, int] | None = None  # the pointer that `_snapshot` was opened by
        self._snapshot: Snapshot | None = None

    def current(self) -> Snapshot | None:
        if self._pointer() != self._seen:
            with self._opening:
                self._refresh()
        return self._snapshot

    def _pointer(self) -> tuple[int, int] | None:
        try:
            status = (self._folder / manifests.POINTER).stat()
        except FileNotFoundError:
            return None
        return status.st_mtime_ns, status.st_ino

    def _refresh(self) -> None:
        """Files that vanish while we open them were replaced by a publish: look again, then.

        What is still missing at the last look is damage: the rest is searched without it.
        """
        for attempt in range(1, _ATTEMPTS + 1):
            pointer = self._pointer()
            if pointer == self._seen:
                return
            opened = self._open() if pointer else None
            is_whole = opened is not None and not opened.missing
            if pointer is None or is_whole or attempt == _ATTEMPTS:
                self._seen, self._snapshot = pointer, opened
                break
        for path in opened.missing if opened else ():
            logger.error("Searching without the damaged index file %s", path)

    def _open(self) -> Snapshot | None:
        known = self._snapshot.segments if self._snapshot else {}
        try:
            manifest = manifests.load(self._folder)
        except Damaged as damaged:  # every hit is re-read, so an older state does no harm
            manifest = manifests.surviving(self._folder)
            opened = open_snapshot(self._folder, manifest, known) if manifest else self._snapshot
            return replace(opened, missing=(*opened.missing, damaged.path)) if opened else None
        return open_snapshot(self._folder, manifest, known) if manifest else None


def open_snapshot(
    folder: Path, manifest: Manifest, known: Mapping[SegmentEntry, LiveSegment]
) -> Snapshot:
    """Open what a manifest names; segments in `known` are taken from there."""
    segments, missing = dict[SegmentEntry, LiveSegment](), list[str]()
    for entry in manifest.segments:
        try:
            segments[entry] = known.get(entry) or LiveSegment.open(folder, entry)
        except Damaged as damaged:
            missing.append(damaged.path)
    held = None if missing else _collections_in(segments.values())
    lexical = None
    try:
        lexical = _open_lexical(folder, manifest, held)
    except Damaged as damaged:
        missing.append(damaged.path)
    dense = shared_vectors.dense_leg(int(folder.name)) or SegmentsDense([*segments.values()])
    return Snapshot(manifest, segments, dense, lexical, tuple(missing))


def _open_lexical(folder: Path, manifest: Manifest, held: frozenset[int] | None) -> TantivyLexical:
    for file in manifest.lexical:
        if not file.is_intact(folder, content=False):
            raise Damaged(file.path)
    return TantivyLexical.open(folder / manifest.lexical_folder, collection_ids=held)


def _collections_in(segments: Iterable[LiveSegment]) -> frozenset[int]:
    return frozenset[int]().union(*(live.collection_ids for live in segments))
