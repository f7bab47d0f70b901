"""The embedding model: what INT8 loses in recall against float32, texts per second, ms per query.

The float32 model is not part of the project: `training.bilingual.publish embedder --fp32 DIR`
writes it beside the shipped one.
"""

import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from apps.retrieval.embedders.onnx import OnnxEmbedder
from benchmarks import datasets, report

MODEL = report.REPOSITORY / "models" / "clawdbot-embedder"
FP32 = report.REPOSITORY / "build" / "clawdbot-embedder-fp32"
SET = "squad_dev"
TOKENS = 128  # of a text whose rate is measured
TEXTS = 64
ROUNDS = 5
DEPTH = 5
GOALS: dict[str, report.Goal] = {
    "recall_at_5_lost": ("<=", 0.005),
    "speed_ratio_1_thread": (">=", 2.1),  # 49 against 23 texts/s before attention was fused
    "query_ratio": (">=", 1.0),
    "model_mb": ("<=", 25),
}


def main() -> int:
    """Compare the two models in one run; returns the exit code."""
    parser = report.arguments(__doc__.splitlines()[0])
    parser.add_argument("--fp32", type=Path, default=FP32, help="folder (%(default)s)")
    options = parser.parse_args()
    machine, reference = report.machine(), options.fp32
    if not (reference / "model.json").exists():
        report.say(
            f"no float32 model in {reference}; write it with: python -m training.bilingual.publish"
            f" embedder --checkpoint F --data DATA --to {MODEL} --fp32 {reference}"
        )
        return 2
    figures = _recall(options.shared, reference) | _speed(options.shared, reference)
    figures["memory_mb"] = _memory_mb()
    figures["model_mb"] = sum(file.stat().st_size for file in MODEL.iterdir()) / 1e6
    return report.finish(report.Report("embedding", figures, GOALS, machine), as_json=options.json)


def _recall(shared: Path, reference: Path) -> dict[str, float]:
    """Share of questions with a relevant passage among the nearest five; exact search."""
    corpus = datasets.passages(shared, SET)
    asked = datasets.queries(shared, SET)
    texts = [f"{row['title']}\n{row['text']}" for row in corpus]
    ids = np.array([row["id"] for row in corpus])
    found: dict[str, float] = {}
    for name, folder in (("fp32", reference), ("int8", MODEL)):
        report.say(f"recall of {name}: {len(texts)} passages, {len(asked)} questions")
        embedder = OnnxEmbedder(folder, threads=2)
        stored = embedder.embed(texts).astype(np.float16).astype(np.float32)
        scores = embedder.embed([question for question, _ in asked]) @ stored.T
        nearest = ids[np.argsort(-scores, axis=1)[:, :DEPTH]]
        hits = [
            bool(relevant & set(row)) for (_, relevant), row in zip(asked, nearest, strict=True)
        ]
        found[f"recall_at_5_{name}"] = sum(hits) / len(hits)
    return found | {"recall_at_5_lost": found["recall_at_5_fp32"] - found["recall_at_5_int8"]}


def _speed(shared: Path, reference: Path) -> dict[str, float]:
    """The best of several rounds, both models in turn: other programs slow both alike."""
    texts, question = _texts(shared), "When does the notice period of the contract begin?"
    figures: dict[str, float] = {}
    for threads in (1, 2):
        models = {
            "fp32": OnnxEmbedder(reference, threads=threads),
            "int8": OnnxEmbedder(MODEL, threads=threads),
        }
        label = f"{threads}_thread" if threads == 1 else f"{threads}_threads"
        for _ in range(ROUNDS):
            for name, embedder in models.items():
                rate = len(texts) / _seconds(embedder, texts)
                key = f"{name}_texts_per_s_{label}"
                figures[key] = max(figures.get(key, 0.0), rate)
                key = f"{name}_ms_per_query"
                figures[key] = min(figures.get(key, 1e9), 1e3 * _seconds(embedder, [question]))
    figures["speed_ratio_1_thread"] = (
        figures["int8_texts_per_s_1_thread"] / figures["fp32_texts_per_s_1_thread"]
    )
    figures["query_ratio"] = figures["fp32_ms_per_query"] / figures["int8_ms_per_query"]
    return figures


def _texts(shared: Path) -> list[str]:
    """Passages cut to about TOKENS tokens: 4.6 characters each in English prose."""
    rows = datasets.passages(shared, SET)
    embedder = OnnxEmbedder(MODEL, threads=1)
    cut = (row["text"][: round(TOKENS * 4.6)] for row in rows)
    near = (text for text in cut if abs(embedder.count_tokens(text) + 2 - TOKENS) <= 3)
    return [text for text, _ in zip(near, range(TEXTS), strict=False)]


def _seconds(embedder: OnnxEmbedder, texts: Sequence[str]) -> float:
    begin = time.perf_counter()
    embedder.embed(texts)
    return time.perf_counter() - begin


def _memory_mb() -> float:
    """What loading and using the model adds to a process that has its libraries already."""
    program = (
        "from pathlib import Path\n"
        "from apps.retrieval.embedders.onnx import OnnxEmbedder\n"
        "def resident(): return int(open('/proc/self/statm').read().split()[1]) * 4096 / 1e6\n"
        "before = resident()\n"
        f"embedder = OnnxEmbedder(Path({str(MODEL)!r}), threads=1)\n"
        "embedder.embed(['revenue ' * 300])\n"
        "print(resident() - before)"
    )
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, cwd=report.REPOSITORY, capture_output=True, check=True)
    return float(done.stdout)


if __name__ == "__main__":
    sys.exit(main())
