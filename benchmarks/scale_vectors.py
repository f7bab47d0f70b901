"""The vectors of benchmarks/scale.py: real texts embedded once, copies made from them.

A copy's vector is its original's, plus the difference of two random originals scaled to a random
length of 0.3 to 0.7, at unit length again: noise with the covariance of real vectors, cosine to the
original 0.82 to 0.96.
"""

import fcntl
import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from apps.retrieval.embedders.onnx import OnnxEmbedder
from benchmarks import report

Halves = npt.NDArray[np.float16]
Floats = npt.NDArray[np.float32]

MODEL = report.REPOSITORY / "models" / "clawdbot-embedder"
BATCH = 256
NOISE = (0.3, 0.7)


class VectorCache:
    """Embeddings of texts on disk, float16. What a run cut short has embedded stays; several runs
    may add to it at the same time."""

    def __init__(self, folder: Path) -> None:
        self._embedder = OnnxEmbedder(MODEL, threads=2)
        identity = self._embedder.identity
        self._record = np.dtype([("key", "V32"), ("row", np.float16, identity.dimension)])
        self._path = folder / f"vectors-{identity.model_sha256[:16]}.bin"
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._path.touch()

    def vectors_of(self, texts: Sequence[str]) -> Halves:
        """Unit-length vectors of the texts, float16, shape (len(texts), dimension)."""
        keys = [hashlib.sha256(text.encode()).digest() for text in texts]
        known = self._known()
        waiting = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
        missing = list(waiting.items())
        for start in range(0, len(missing), BATCH):
            if start % (16 * BATCH) == 0:
                report.say(f"embedding: {start} of {len(missing)} texts")
            self._append(missing[start : start + BATCH])
        known = self._known()
        return np.stack([known[key] for key in keys])

    def _append(self, part: Sequence[tuple[bytes, str]]) -> None:
        records = np.zeros(len(part), self._record)
        records["key"] = np.frombuffer(b"".join(key for key, _ in part), "V32")
        records["row"] = self._embedder.embed([text for _, text in part])
        with self._path.open("ab") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            whole = file.tell() - file.tell() % self._record.itemsize
            file.truncate(whole)  # of what a run that was cut had begun to write
            file.write(records.tobytes())

    def _known(self) -> dict[bytes, npt.NDArray[np.float16]]:
        with self._path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH)
            records = np.fromfile(file, self._record)
        return dict(zip(records["key"].tolist(), records["row"], strict=True))


def copies(real: Halves, originals: npt.NDArray[np.int64], *, seed: int) -> Halves:
    """A perturbed copy of `real[originals[i]]` for each i; the same for the same seed."""
    chance = np.random.default_rng(seed)
    first, second = chance.integers(0, len(real), (2, len(originals)))
    drift = unit(real[first].astype(np.float32) - real[second])
    length = chance.uniform(*NOISE, (len(originals), 1)).astype(np.float32)
    return unit(real[originals].astype(np.float32) + length * drift).astype(np.float16)


def unit(rows: Floats) -> Floats:
    """The rows at length 1; zeros stay zeros."""
    return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)
