"""What the rivals of benchmarks/scale.py have in common: their input, their clock, their answer.

Runs in the environment that `setup` builds, never in the project's. A rival is a program:

    python langchain_scale.py build FOLDER      # prints {"build_s", "peak_mb", ...}
    python langchain_scale.py search FOLDER     # another process, as after a restart

FOLDER holds `texts.jsonl` {id, text, collection}, `vectors.npy` (float16), `questions.json`
{questions, scopes: {name: [collections] or null}, budget_s}, `question_vectors.npy` (float32); the
rival keeps its index in FOLDER/NAME. `found.json` gets what it found: {scope: {leg: [[ids]]}}.
"""

import json
import re
import resource
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import numpy as np
import numpy.typing as npt

DEPTH = 10
LEAST = 5  # questions of each scope, even when the time is up
# Their lexical search knows no Chinese: words, and pairs of Chinese characters, for both of them.
TERM = r"(?=((?<![a-z0-9])[a-z0-9]{2,}|[一-鿿]{2}))"
_TERM = re.compile(TERM)


def terms(text: str) -> list[str]:
    """Words of two letters or digits on, and each pair of neighbouring Chinese characters."""
    return _TERM.findall(text.lower())


@dataclass(frozen=True, slots=True)
class Input:
    """What the benchmark gives."""

    folder: Path
    ids: list[str]
    texts: list[str]
    collections: list[int]
    questions: list[str]
    question_vectors: npt.NDArray[np.float32]
    scopes: dict[str, list[int] | None]
    budget_s: float

    @classmethod
    def read(cls, folder: Path) -> "Input":
        """Read a folder."""
        with (folder / "texts.jsonl").open(encoding="utf-8") as lines:
            rows = [json.loads(line) for line in lines]
        asked = json.loads((folder / "questions.json").read_text(encoding="utf-8"))
        return cls(
            folder,
            [str(row["id"]) for row in rows],
            [row["text"] for row in rows],
            [row["collection"] for row in rows],
            asked["questions"],
            np.load(folder / "question_vectors.npy"),
            asked["scopes"],
            asked["budget_s"],
        )

    def vectors(self) -> npt.NDArray[np.float32]:
        """Read from the disk; row i belongs to text i."""
        return np.load(self.folder / "vectors.npy").astype(np.float32)


class Rival(Protocol):
    """A product under comparison, used as its documentation shows."""

    def build(self, given: Input) -> None:
        """Make the index and keep it on disk."""

    def open(self, given: Input) -> None:
        """Take up what `build` left behind."""

    def search(self, at: int, collections: list[int] | None) -> list[str]:
        """Ask question `at` of both legs; ids, best first. Raises NotImplementedError when these
        collections cannot be asked for."""

    def dense(self, at: int, collections: list[int] | None) -> list[str]:
        """What the dense leg alone finds in `search`."""

    def delete(self, chunk_id: str) -> str:
        """Take one chunk out of everything, also on disk; how, in words."""


@runtime_checkable
class Exhaustive(Protocol):
    """A rival whose filter is applied to the nearest few, and can be applied to all."""

    def look_at_all(self) -> None:
        """From now on filter all chunks, not the nearest few."""


def run(rival: Rival, started: float) -> None:
    """Do what the command line asks for; `started`: when the program began, before its imports."""
    kind, folder = sys.argv[1], Path(sys.argv[2])
    imported_s = time.perf_counter() - started
    given = Input.read(folder)
    before_mb = _resident_mb()
    began = time.perf_counter()
    if kind == "build":
        rival.build(given)
        told: dict[str, Any] = {"build_s": time.perf_counter() - began}
    else:
        told = _searched(rival, given) | {"import_s": imported_s}
    told["grown_mb"] = _resident_mb() - before_mb
    told["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6
    print(json.dumps(told))


def _searched(rival: Rival, given: Input) -> dict[str, Any]:
    began = time.perf_counter()
    rival.open(given)
    rival.search(0, None)
    told: dict[str, Any] = {"open_s": time.perf_counter() - began}
    told["resident_mb"] = _resident_mb()
    found = {}
    for name, collections in given.scopes.items():
        told[f"{name}_ms"], found[name] = _times(rival, given, collections)
    if isinstance(rival, Exhaustive):
        rival.look_at_all()
        for name, collections in _filtered(given).items():
            told[f"{name}_ms"], found[name] = _times(rival, given, collections)
    (given.folder / "found.json").write_text(json.dumps(found), encoding="utf-8")
    began = time.perf_counter()
    told["delete_how"] = rival.delete(given.ids[-1])
    return told | {"delete_s": time.perf_counter() - began}


def _filtered(given: Input) -> dict[str, list[int]]:
    return {f"{name}_exhaustive": ids for name, ids in given.scopes.items() if ids is not None}


def _times(
    rival: Rival, given: Input, collections: list[int] | None
) -> tuple[list[float], dict[str, list[list[int]]]]:
    """Milliseconds of each question until the time is up; none when it cannot filter so."""
    times: list[float] = []
    found: dict[str, list[list[int]]] = {"hybrid": [], "dense": []}
    until = time.perf_counter() + given.budget_s
    for at in range(len(given.questions)):
        if at >= LEAST and time.perf_counter() > until:
            break
        began = time.perf_counter()
        try:
            one = rival.search(at, collections)
        except NotImplementedError:
            return [], found
        times.append((time.perf_counter() - began) * 1000)
        found["hybrid"].append([int(id_) for id_ in one])
        found["dense"].append([int(id_) for id_ in rival.dense(at, collections)])
    return times, found


def _resident_mb() -> float:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() / 1e6
