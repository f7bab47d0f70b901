"""A training run: its folders, its machine, its log."""

import json
import lzma
import pickle
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from tokenizers import Tokenizer

Made = TypeVar("Made")


@dataclass(slots=True)
class Run:
    """What every stage needs: where the data lies and what comes of it, and the machine."""

    data: Path
    out: Path
    device: str
    scale: float  # of batches: 1 on a large accelerator, less in a rehearsal
    is_compiled: bool
    workers: int
    started: float = field(default_factory=time.monotonic)

    def log(self, text: str) -> None:
        """With the seconds since the start."""
        print(f"[{time.monotonic() - self.started:6.1f}] {text}", flush=True)

    def rows(self, number: int) -> int:
        """A batch size."""
        return max(4, int(number * self.scale) // 4 * 4)

    def read(self, name: str) -> Any:
        """A JSON file of the data."""
        return json.loads(lzma.decompress((self.data / name).read_bytes()))

    def kept(self, name: str, make: Callable[[], Made]) -> Made:
        """What `make` gives, made once: a first process may prepare it while another trains."""
        path = self.out / f"{name}.pickle"
        if not path.exists():
            made = make()
            path.with_suffix(".part").write_bytes(pickle.dumps(made, protocol=5))
            path.with_suffix(".part").rename(path)
            return made
        found: Made = pickle.loads(path.read_bytes())
        return found

    @property
    def tokenizer(self) -> Tokenizer:
        """Without truncation."""
        return Tokenizer.from_file(str(self.data / "tokenizer.json"))

    def note(self, stage: str, figures: object) -> None:
        """Keep what was measured."""
        path = self.out / "figures.json"
        known = json.loads(path.read_text()) if path.exists() else {}
        path.write_text(json.dumps(known | {stage: figures}, indent=1))
        self.log(f"{stage}: {figures}")
