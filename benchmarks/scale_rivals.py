"""LangChain and LlamaIndex on the same chunks, vectors and questions as our own index."""

import json
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks import report
from benchmarks.percentiles import percentile
from benchmarks.scale_data import Dataset
from benchmarks.scale_own import DEPTH, Figures
from benchmarks.scale_scopes import WARM, Kind, ScopeIds, scope_ids

RIVALS = report.REPOSITORY / "benchmarks" / "rivals"
NAMES = "langchain", "llamaindex"
LARGEST = 100_000  # chunks that they are given
STEP_S = 600.0  # building, or everything else: what takes longer is stopped
BUDGET_S = 30.0  # of asking in one scope; what was asked until then counts
KINDS = Kind.ALL, Kind.TENTH, Kind.THOUSANDTH


def beside(data: Dataset, questions: Sequence[str], vectors: npt.NDArray[np.float32]) -> Figures:
    """The figures of both, under their names. One that takes too long has `NAME_stopped` = 1."""
    python = subprocess.run(
        [RIVALS / "setup"], stdout=subprocess.PIPE, text=True, check=True
    ).stdout.strip()
    folder = data.home / "rivals"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    scopes = {kind: scope_ids(kind, WARM, data.shape) for kind in KINDS}
    _give(folder, data, questions, vectors, scopes)
    figures: Figures = {}
    for name in NAMES:
        report.say(f"{data.shape.chunks} chunks: {name}")
        measured = of_run(_measured(python, name, folder))
        if (found := folder / "found.json").exists():
            measured |= of_found(json.loads(found.read_text()), data, vectors, scopes)
            found.unlink()
        figures |= {f"{name}_{key}": value for key, value in measured.items()}
    shutil.rmtree(folder)
    return figures


def of_run(measured: Mapping[str, Any]) -> Figures:
    """Figures of what a rival printed: times of a scope as percentiles, how many were asked."""
    figures: Figures = {}
    for name, value in measured.items():
        if isinstance(value, list):
            scope = name.removesuffix("_ms")
            figures[f"{scope}_asked"] = len(value)
            if value:
                figures[f"{scope}_p50_ms"] = percentile(value, 0.5)
                figures[f"{scope}_p95_ms"] = percentile(value, 0.95)
        elif not isinstance(value, str):
            figures[name] = value
    return figures


def of_found(
    found: Mapping[str, Mapping[str, Sequence[Sequence[int]]]], data: Dataset,
    vectors: npt.NDArray[np.float32], scopes: Mapping[Kind, ScopeIds],
) -> Figures:  # fmt: skip
    """Recall of their dense leg against exact search, and how many hits the askers got."""
    figures: Figures = {}
    for name, legs in found.items():
        count = len(legs["dense"])
        if not count:
            continue
        asked = [scopes[Kind(name.removesuffix("_exhaustive"))]] * count
        figures[f"{name}_recall_at_10"] = data.recall_at(
            DEPTH, vectors[:count], asked, legs["dense"]
        )
        figures[f"{name}_hits"] = float(np.mean([len(ids) for ids in legs["hybrid"]]))
    return figures


def _give(
    folder: Path, data: Dataset, questions: Sequence[str], vectors: npt.NDArray[np.float32],
    scopes: Mapping[Kind, ScopeIds],
) -> None:  # fmt: skip
    """Write what rivals/scale_rival.py reads."""
    with (folder / "texts.jsonl").open("w", encoding="utf-8") as file:
        for number, (text, collection) in enumerate(_texts(data), start=1):
            row = {"id": number, "text": text, "collection": collection}
            file.write(f"{json.dumps(row, ensure_ascii=False)}\n")
    (folder / "vectors.npy").symlink_to(data.home / "vectors.npy")
    np.save(folder / "question_vectors.npy", vectors)
    collections = {kind: sorted(ids.collections) for kind, ids in scopes.items()}
    told = {
        "questions": list(questions),
        "scopes": collections | {Kind.ALL: None},
        "budget_s": BUDGET_S,
    }
    (folder / "questions.json").write_text(json.dumps(told), encoding="utf-8")


def _texts(data: Dataset) -> Iterator[tuple[str, int]]:
    """Text and collection of every chunk of the loaded database, in order."""
    with closing(sqlite3.connect(data.home / "data" / "clawdbot.sqlite3")) as database:
        texts = database.execute(
            "SELECT text FROM knowledge_chunk WHERE id <= ? ORDER BY id", [data.shape.chunks]
        )
        for (text,), collection in zip(texts, data.rows[1].tolist(), strict=True):
            yield text, collection


def _measured(python: str, name: str, folder: Path) -> dict[str, Any]:
    measured: dict[str, Any] = {}
    for step in ("build", "search"):
        try:
            printed = subprocess.run(
                [python, RIVALS / f"{name}_scale.py", step, folder],
                env=os.environ | {"HF_HUB_OFFLINE": "1", "OMP_NUM_THREADS": "1"},
                stdout=subprocess.PIPE, text=True, timeout=STEP_S, check=True,
            ).stdout  # fmt: skip
        except subprocess.TimeoutExpired:
            report.say(f"{name} was stopped after {STEP_S:.0f} s: {step}")
            return measured | {"stopped": 1}
        told = json.loads(printed.splitlines()[-1])
        memory = {key: told.pop(key) for key in ("peak_mb", "grown_mb")}
        measured |= told | {f"{step}_{key}": value for key, value in memory.items()}
        if step == "build":
            kept = sum(file.stat().st_size for file in (folder / name).rglob("*") if file.is_file())
            measured["bytes_per_chunk"] = kept / _chunks(folder)
    return measured | {"stopped": 0}


def _chunks(folder: Path) -> int:
    return int(np.load(folder / "vectors.npy", mmap_mode="r").shape[0])
