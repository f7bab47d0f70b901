"""Questions of the evaluation sets, each with a few passages, as prompts of a ChatML model."""

import json
import lzma
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PASSAGES, LONGEST = 4, 1200  # passages of a prompt; characters of one
HEAD, ASK, END = "<|im_start|>user\n", "<|im_end|>\n<|im_start|>assistant\n", "<|im_end|>"


@dataclass(frozen=True, slots=True)
class Case:
    """A question with its passages, and the passage that answers it."""

    blocks: Sequence[str]
    question: str
    gold: str


def cases(shared: Path, name: str, count: int) -> Iterator[Case]:
    """`count` questions of a set, always the same ones; their passages in a random order."""
    rng = random.Random(name)
    corpus = {row["id"]: row["text"] for row in _rows(shared / "eval" / name / "corpus.jsonl.xz")}
    short = [text for text in corpus.values() if len(text) < LONGEST]
    asked = [
        row for row in _rows(shared / "eval" / name / "queries.jsonl.xz")
        if len(corpus[row["relevant"][0]]) < LONGEST
    ]  # fmt: skip
    for row in rng.sample(asked, count):
        passages = [corpus[row["relevant"][0]], *rng.sample(short, PASSAGES - 1)]
        rng.shuffle(passages)
        blocks = [f"[{n}] {text}\n\n" for n, text in enumerate(passages, start=1)]
        yield Case(blocks, row["question"], row["answers"][0])


def _rows(path: Path) -> Iterator[dict[str, Any]]:
    with lzma.open(path, "rt", encoding="utf-8") as lines:
        yield from map(json.loads, lines)
