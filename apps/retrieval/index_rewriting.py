"""Rewriting segments while searches and publishes go on: merging, dropping what is dead.

A thread reads immutable files and writes new ones beside them; the next publish puts these in
their place. What died meanwhile is dead there, too.
"""

import os
import shutil
import sys
import threading
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

import numpy as np

from apps.retrieval.index_files import StoredFile, emptied, stored
from apps.retrieval.index_staging import Part, rewriting_folder
from apps.retrieval.lexical.purging import WordsPurge
from apps.retrieval.vector.live import LiveSegment
from apps.retrieval.vector.segment import Mask, write_segment

_NICE = 10  # searches and publishes come first


@dataclass(frozen=True, slots=True)
class Rewritten:
    """A new segment's folder and files (paths inside it), and the parts it replaces."""

    sources: tuple[Part, ...]
    folder: Path
    files: tuple[StoredFile, ...]

    @property
    def replaced(self) -> frozenset[str]:
        """The parts that it replaces, by the paths of their vectors."""
        return frozenset(part.entry.vectors.path for part in self.sources)

    def alive_now(self, parts: Sequence[Part]) -> Mask:
        """Which of its rows still count, as `parts` of the present state say; False for missing."""
        now = {part.entry.vectors.path: part.live.alive for part in parts}
        masks = []
        for source in self.sources:
            then = source.live.alive
            alive = now.get(source.entry.vectors.path, np.zeros_like(then))
            masks.append(alive[then])
        return np.concatenate(masks)


@dataclass(slots=True)
class Rewriting:
    """Under way from the moment it is made. One at a time in an index folder.

    `purges_to`: every version retired by this change is out of what comes of it; None when it only
    merges. `deleted` is for the writer to note the versions it deletes meanwhile.
    """

    folder: Path
    groups: Sequence[Sequence[Part]]
    dimension: int
    purges_to: int | None = None
    words: WordsPurge | None = None
    deleted: set[int] = field(default_factory=set)
    _done: list[Rewritten] = field(default_factory=list)
    _error: BaseException | None = None
    _thread: threading.Thread = field(init=False)
    _is_abandoned: bool = False

    def __post_init__(self) -> None:
        self._thread = threading.Thread(target=self._run, name="index-rewriting")
        self._thread.start()

    @property
    def sources(self) -> frozenset[str]:
        """The parts that are being rewritten, by the paths of their vectors."""
        return frozenset(part.entry.vectors.path for group in self.groups for part in group)

    @property
    def is_done(self) -> bool:
        """Whether `result` returns at once."""
        return not self._thread.is_alive()

    def result(self) -> Sequence[Rewritten]:
        """The new segments; waits for them. Raises what went wrong."""
        self._thread.join()
        if self._error is not None:
            raise self._error
        return self._done

    def failure(self) -> BaseException | None:
        """What `result` would raise; waits."""
        self._thread.join()
        return self._error

    def abandon(self) -> None:
        """Stop soon, and remove what was written."""
        self._is_abandoned = True
        self._thread.join()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _run(self) -> None:
        if sys.platform == "linux":  # this thread, and those that libraries start from it
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _NICE)
        try:
            for number, group in enumerate(self.groups):
                if self._is_abandoned:
                    return
                self._done.append(self._rewritten(f"segment-{number}", group))
            if self.words is not None and not self._is_abandoned:
                self.words.run()
        except BaseException as error:  # noqa: BLE001  (raised again by `result`)
            self._error = error

    def _rewritten(self, name: str, group: Sequence[Part]) -> Rewritten:
        lives: list[LiveSegment] = [part.live for part in group]
        ids = np.concatenate([live.live_rows() for live in lives], axis=1)
        blocks = chain.from_iterable(live.segment.blocks(live.alive) for live in lives)
        target = self.folder / name
        write_segment(target, blocks, ids, self.dimension)
        return Rewritten(tuple(group), target, stored(target, target.iterdir()))


def work_folder(index_folder: Path) -> Path:
    """An empty folder for a rewriting; whatever another left there is gone."""
    return emptied(rewriting_folder(index_folder))


def replaced_by(done: Collection[Rewritten]) -> frozenset[str]:
    """The parts that are replaced, by the paths of their vectors."""
    return frozenset[str]().union(*(one.replaced for one in done))
