"""How fast the models are, beside their limits and rivals in the same run."""

import json
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import numpy as np

from training import throwaway_home  # noqa: F401  before all of apps

# isort: split
from apps.retrieval.reader.onnx import OnnxReader
from benchmarks import datasets, report
from training.bilingual.embedders import opened

QUESTION = (
    "When does the notice period of the rental contract for the office in the old town begin?"
)
QUERY_TOKENS, PASSAGE_TOKENS = 24, 192
PASSAGES = 20
ROUNDS = 7
Passages = list[tuple[str, str]]


def speed_figures(shared: Path, folders: Mapping[str, Path]) -> Iterator[dict[str, float]]:
    """The best of several rounds, all models in turn: other programs slow all alike.

    `folders`: "" our embedder, "reader", and those to compare with. A float32 twin of either in
    build/ (`<name>-fp32`) is measured beside it.
    """
    everything = dict(folders)
    for name in ("", "reader"):
        if name in folders:
            twin = report.REPOSITORY / "build" / f"{folders[name].name}-fp32"
            if (twin / "model.json").exists():
                everything[f"{name}_fp32".strip("_")] = twin
    readers = {name: path for name, path in everything.items() if name.startswith("reader")}
    embedders = {name: path for name, path in everything.items() if name not in readers}
    if embedders:
        yield _embedding(shared, embedders)
    for threads in (1, 2):
        if readers:
            yield _reading(shared, readers, threads)


def _embedding(shared: Path, folders: Mapping[str, Path]) -> dict[str, float]:
    models = {name: opened(folder, threads=2) for name, folder in folders.items()}
    jobs: dict[str, Callable[[], object]] = {}
    sizes: dict[str, int] = {}
    for name, model in models.items():
        start = f"{name}_" if name else ""
        question = _cut(QUESTION * 2, QUERY_TOKENS, model.count_tokens)
        texts = _texts(shared, model.count_tokens)
        jobs[f"{start}query_ms"] = lambda model=model, question=question: model.embed([question])
        jobs[f"{start}passages_per_s"] = lambda model=model, texts=texts: model.embed(texts)
        sizes[f"{start}passages_per_s"] = len(texts)
    best = _best(jobs)
    return {
        name: sizes[name] / seconds if name in sizes else 1000 * seconds
        for name, seconds in best.items()
    }


def _reading(shared: Path, folders: Mapping[str, Path], threads: int) -> dict[str, float]:
    label = f"{threads}_thread" + ("s" if threads > 1 else "")
    jobs: dict[str, Callable[[], object]] = {}
    for name, folder in folders.items():
        model = OnnxReader(folder, threads=threads)
        count = _counter(folder)
        passages = [("", text) for text in _texts(shared, count)[:PASSAGES]]
        start = name.removeprefix("reader").strip("_")
        key = f"{start}_read_20_ms_{label}".strip("_")
        jobs[key] = lambda model=model, passages=passages: model.read(QUESTION, passages)
        if threads == 1 and not start:
            jobs["bare_read_20_ms_1_thread"] = _bare(folder)
    return {name: 1000 * seconds for name, seconds in _best(jobs).items()}


def _bare(folder: Path) -> Callable[[], object]:
    """The limit: the graph alone, on ready rows of tokens."""
    import onnxruntime as ort

    options = ort.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_ENABLE_BASIC
    session = ort.InferenceSession(str(folder / "model.onnx"), options)
    total = PASSAGE_TOKENS + QUERY_TOKENS + 3
    ids = np.random.default_rng(0).integers(1000, 20000, (PASSAGES, total)).astype(np.int64)
    types = (np.arange(total) > QUERY_TOKENS + 1).astype(np.int64)[None]
    return lambda: [
        session.run(None, {"input_ids": row[None], "token_types": types}) for row in ids
    ]


def _best(jobs: Mapping[str, Callable[[], object]]) -> dict[str, float]:
    best: dict[str, float] = {}
    for _ in range(ROUNDS):
        for name, job in jobs.items():
            begin = time.perf_counter()
            job()
            best[name] = min(best.get(name, 1e9), time.perf_counter() - begin)
    return best


def _counter(folder: Path) -> Callable[[str], int]:
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_str(json.dumps(json.loads((folder / "tokenizer.json").read_text())))
    tokenizer.no_truncation()
    return lambda text: len(tokenizer.encode(text, add_special_tokens=False).ids)


def _texts(shared: Path, count: Callable[[str], int], *, most: int = 32) -> list[str]:
    """Passages of at least PASSAGE_TOKENS tokens, cut to that."""
    texts = (row["text"] for row in datasets.passages(shared, "squad_dev"))
    long = (text for text in texts if count(text) >= PASSAGE_TOKENS)
    return [_cut(text, PASSAGE_TOKENS, count) for text, _ in zip(long, range(most), strict=False)]


def _cut(text: str, tokens: int, count: Callable[[str], int]) -> str:
    """The words of its beginning that have about so many tokens."""
    words = text.split()
    low, high = 1, len(words)
    while low < high:
        middle = (low + high + 1) // 2
        if count(" ".join(words[:middle])) <= tokens:
            low = middle
        else:
            high = middle - 1
    return " ".join(words[:low])
