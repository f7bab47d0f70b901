"""The loaded data folders of benchmarks/scale.py, kept between runs, and exact search over them."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks import report
from benchmarks.scale_scopes import ScopeIds, Shape

VERSION = 1  # raise it with what changes the data: folders of another version are not used
BLOCK = 65_536
SAME = 1e-5  # two scores that close are the same neighbour: sums in another order differ so much

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Dataset:
    """A folder that is an installation's home. Chunk i + 1 is row i of everything here."""

    home: Path
    shape: Shape
    load_s: float

    @cached_property
    def vectors(self) -> npt.NDArray[np.float16]:
        """Float16, shape (chunks, dimension), mapped."""
        return np.asarray(np.load(self.home / "vectors.npy", mmap_mode="r"))

    @cached_property
    def rows(self) -> npt.NDArray[np.int32]:
        """Shape (2, chunks): document, collection."""
        return np.asarray(np.load(self.home / "rows.npy"))

    def recall_at(
        self, depth: int, questions: Floats, scopes: Sequence[ScopeIds],
        found: Sequence[Sequence[int]],
    ) -> float:  # fmt: skip
        """The share of each question's exact `depth` nearest allowed chunks that was found.

        `found`: chunk ids by question; one that is not allowed counts as not found, one that is as
        near as the last of the exact ones as found.
        """
        exact = self._best(depth, questions, scopes)
        shares = [
            self._share(question, scope, best[np.isfinite(best)], ids[:depth])
            for question, scope, best, ids in zip(questions, scopes, exact, found, strict=True)
            if np.isfinite(best[0])
        ]
        return float(np.mean(shares)) if shares else 0.0

    def outside(self, scopes: Sequence[ScopeIds], found: Sequence[Sequence[int]]) -> int:
        """How many of the found chunks the scopes do not allow."""
        count = 0
        for scope, ids in zip(scopes, found, strict=True):
            rows = self._known(ids)
            count += int((~scope.allowed(self.rows[0, rows], self.rows[1, rows])).sum())
        return count

    def _known(self, ids: Sequence[int]) -> npt.NDArray[np.int64]:
        """The rows of these chunks; those that a run inserted have none."""
        return np.array([id_ - 1 for id_ in ids if id_ <= self.shape.chunks], np.int64)

    def _share(self, question: Floats, scope: ScopeIds, best: Floats, ids: Sequence[int]) -> float:
        rows = self._known(ids)
        rows = rows[scope.allowed(self.rows[0, rows], self.rows[1, rows])]
        scores = self.vectors[rows].astype(np.float32) @ question
        return min(1.0, float((scores >= best[-1] - SAME).sum()) / len(best))

    def _best(self, depth: int, questions: Floats, scopes: Sequence[ScopeIds]) -> Floats:
        """The exact scores of the nearest allowed chunks, best first; -inf where there are less."""
        best = np.full((len(questions), depth), -np.inf, np.float32)
        for start in range(0, self.shape.chunks, BLOCK):
            block = self.vectors[start : start + BLOCK].astype(np.float32)
            rows = self.rows[:, start : start + BLOCK]
            scores = questions @ block.T
            masks: dict[ScopeIds, npt.NDArray[np.bool_]] = {}
            for at, scope in enumerate(scopes):
                if scope not in masks:
                    masks = {scope: scope.allowed(rows[0], rows[1])}
                allowed = scores[at, masks[scope]]
                top = np.partition(allowed, -depth)[-depth:] if len(allowed) > depth else allowed
                best[at] = np.sort(np.concatenate([best[at], top]))[::-1][:depth]
        return best


def prepare(shared: Path, cache: Path, chunks: int, *, passages: int | None = None) -> Dataset:
    """The folder with so many chunks, loaded if no run before has."""
    part = f"-of-{passages}" if passages else ""
    home = (cache / f"{chunks}{part}-v{VERSION}").resolve()
    if not (home / "shape.json").exists():
        shutil.rmtree(home, ignore_errors=True)
        home.mkdir(parents=True)
        command = [sys.executable, "-m", "benchmarks.scale_load", shared, cache, str(chunks)]
        command += ["--passages", str(passages)] if passages else []
    else:
        command = [sys.executable, "manage.py", "migrate", "--verbosity=0"]
    subprocess.run(command, cwd=report.REPOSITORY, env=environment(home), check=True)
    told = json.loads((home / "shape.json").read_text(encoding="utf-8"))
    return Dataset(home, Shape(**told["shape"]), float(told["load_s"]))


def environment(home: Path) -> dict[str, str]:
    """For a program of the installation in `home`."""
    return os.environ | {"CLAWDBOT_HOME": str(home)}
