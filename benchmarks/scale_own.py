"""What benchmarks/scale.py measures of our own index at one size: a node of four processes.

Two readers (as web processes are), the product's indexer, and a writer that changes documents.
"""

import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks import report
from benchmarks.percentiles import percentile
from benchmarks.scale_changes import changed
from benchmarks.scale_data import Dataset
from benchmarks.scale_processes import IndexerProcess, NodeProcess, forget_pages
from benchmarks.scale_scopes import WARM, Kind, scope_ids
from benchmarks.scale_vectors import copies
from benchmarks.smaps import memory

DEPTH = 10
SETTLE_S = 4 * 3600.0
SECOND_READER = 60  # questions that it is asked
STAGES = "legs", "dense", "lexical", "fuse", "hydrate", "search"

Figures = dict[str, float]


@dataclass(frozen=True, slots=True)
class Plan:
    """What is asked of each size."""

    questions: Sequence[str]
    changes: int  # documents inserted, then deleted, one by one
    bulk: int  # documents inserted and deleted in a row while somebody searches
    keeps_index: bool = False  # searched as a run before left it: neither built nor rebuilt


class Size:
    """The measurements at one size, in the order they are taken."""

    question_vectors: npt.NDArray[np.float32]  # of the plan's questions, once it was run

    def __init__(self, data: Dataset, plan: Plan) -> None:
        self._data, self._plan = data, plan
        self._shape = asdict(data.shape)
        self.figures: Figures = {
            "chunks": data.shape.chunks, "documents": data.shape.first_documents[-1] - 1,
            "load_s": data.load_s,
        }  # fmt: skip

    def run(self) -> Figures:
        """Everything."""
        with NodeProcess(self._data.home, "writer") as writer:
            writer.ask("start", shape=self._shape)
            if not self._plan.keeps_index:
                self._say("building the index")
                self.figures |= writer.ask("build")
        self.figures["open_from_disk_s"] = self._open_from_disk()
        with ExitStack() as stack:
            indexer = stack.enter_context(IndexerProcess(self._data.home))
            writer = stack.enter_context(NodeProcess(self._data.home, "writer"))
            self.figures["indexer_ready_s"] = self._warmed_up(writer)
            readers = [stack.enter_context(self._reader()) for _ in range(2)]
            before = [memory(reader.pid)["Anonymous"] for reader in readers]
            self._open(readers)
            self._search(readers[0])
            self._search_some(readers[1])
            self._memory({"indexer": indexer.pid, "reader": readers[0].pid, "2": readers[1].pid})
            self._growth(readers, before)
            self._sizes(writer.ask("sizes"))
            self._say("changing documents")
            pids = [indexer.pid, *(reader.pid for reader in readers)]
            self.figures |= changed(writer, readers, self._plan, pids, self._data.shape.chunks)
        return self.figures

    def _warmed_up(self, writer: NodeProcess) -> float:
        """Seconds from the indexer's start to its having taken up a change; then all is settled."""
        started = time.perf_counter()
        document = writer.ask("insert", chunks=1, word="zqwarmup")["document"]
        seconds = time.perf_counter() - started + writer.ask("settle", timeout_s=SETTLE_S)
        writer.ask("delete", document=document)
        writer.ask("settle", timeout_s=SETTLE_S)
        return float(seconds)

    def _open_from_disk(self) -> float:
        """Seconds of the first search when nothing of the data is in memory: the machine started"""
        forget_pages(self._data.home / "data")
        with self._reader() as reader:
            return self._opened(reader)

    def _reader(self) -> NodeProcess:
        """A reader that has loaded what a web process has, the index not yet."""
        reader = NodeProcess(self._data.home, "reader")
        ready = reader.ask("ready", shape=self._shape, question=self._plan.questions[0])
        self.figures["start_s"] = time.perf_counter() - reader.started
        self.figures["start_model_s"] = ready["model_s"]
        return reader

    def _open(self, readers: Sequence[NodeProcess]) -> None:
        """Time to the first search; `restart_s` counts from the start of the process."""
        self.figures["open_s"] = self._opened(readers[0])
        self.figures["restart_s"] = self.figures["start_s"] + self.figures["open_s"]
        self._opened(readers[1])

    def _opened(self, reader: NodeProcess) -> float:
        return float(reader.ask("open", question=self._plan.questions[0])["open_s"])

    def _search(self, reader: NodeProcess) -> None:
        for kind in (Kind.ALL, Kind.DOCUMENTS):
            taken = reader.ask("scope_of", kind=kind.value, times=20)
            self.figures[f"scope_of_{kind}_p50_ms"] = percentile(taken, 0.5)
        with tempfile.TemporaryDirectory(prefix="clawdbot-scale-") as folder:
            path = Path(folder) / "vectors.npy"
            taken = reader.ask("embed", questions=list(self._plan.questions), to=str(path))
            self.figures |= _spread("embed", taken)
            self.question_vectors = np.load(path)
            for kind in Kind:
                for is_cold in (False, True):
                    self._search_in(reader, kind, is_cold=is_cold)
            self._nearest(reader, path)

    def _search_in(self, reader: NodeProcess, kind: Kind, *, is_cold: bool) -> None:
        name = f"{kind}_{'cold' if is_cold else 'warm'}"
        self._say(f"searching, scope {name}")
        questions = list(self._plan.questions)
        variants = [at + 1 if is_cold else WARM for at in range(len(questions))]
        if not is_cold:  # the scope has been asked before
            reader.ask("search", kind=kind, questions=questions[:1], variants=[WARM],
                       is_dense_told=False)  # fmt: skip
        told = reader.ask("search", kind=kind, questions=questions, variants=variants,
                          is_dense_told=True)  # fmt: skip
        for stage in STAGES:
            self.figures |= _spread(f"{name}_{stage}", told["times"][stage])
        scopes = {one: scope_ids(kind, one, self._data.shape) for one in set(variants)}
        asked = [scopes[one] for one in variants]
        self.figures[f"{name}_recall_at_10"] = self._data.recall_at(
            DEPTH, self.question_vectors, asked, told["dense"]
        )
        self.figures[f"{name}_outside_scope"] = self._data.outside(asked, told["dense"])
        self.figures["degraded"] = self.figures.get("degraded", 0) + len(told["degraded"])

    def _nearest(self, reader: NodeProcess, path: Path) -> None:
        """Rows of the index, perturbed as copies are, as questions of the dense leg."""
        chance = np.random.default_rng(7)
        chosen = chance.integers(0, self._data.shape.chunks, len(self._plan.questions))
        # The first vectors are of real texts, all of them where there are more rows.
        pool = np.concatenate([self._data.vectors[np.sort(chosen)], self._data.vectors[:1000]])
        vectors = copies(pool, np.arange(len(chosen)), seed=7).astype(np.float32)
        np.save(path, vectors)
        told = reader.ask("nearest", vectors=str(path))
        everything = [scope_ids(Kind.ALL, WARM, self._data.shape)] * len(vectors)
        self.figures |= _spread("perturbed_dense", told["times"])
        self.figures["perturbed_recall_at_10"] = self._data.recall_at(
            DEPTH, vectors, everything, told["dense"]
        )

    def _search_some(self, reader: NodeProcess) -> None:
        """So that the second reader has the pages of the index that the first has."""
        some = list(self._plan.questions[-SECOND_READER:])
        for kind in Kind:
            variants = [at % 8 for at in range(len(some))]
            reader.ask("search", kind=kind, questions=some, variants=variants, is_dense_told=False)

    def _memory(self, pids: Mapping[str, int]) -> None:
        used = {name: memory(pid) for name, pid in pids.items()}
        for name in ("indexer", "reader"):
            for kind, size in used[name].items():
                self.figures[f"{name}_{kind.lower()}_mb"] = size / 1e6
        self.figures["node_pss_mb"] = sum(one["Pss"] for one in used.values()) / 1e6

    def _growth(self, readers: Sequence[NodeProcess], before: Sequence[int]) -> None:
        grown = [
            memory(one.pid)["Anonymous"] - was for one, was in zip(readers, before, strict=True)
        ]
        self.figures["reader_grown_mb"] = max(grown) / 1e6

    def _sizes(self, sizes: Mapping[str, int]) -> None:
        for name, size in sizes.items():
            self.figures[f"{name}_bytes_per_chunk"] = size / self._data.shape.chunks

    def _say(self, text: str) -> None:
        report.say(f"{self._data.shape.chunks} chunks: {text}")


def _spread(name: str, times_ms: Sequence[float]) -> Figures:
    return {
        f"{name}_p50_ms": percentile(times_ms, 0.5),
        f"{name}_p95_ms": percentile(times_ms, 0.95),
    }
