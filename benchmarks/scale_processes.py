"""The processes of the node under test: readers, the writer, the product's own indexer."""

import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any, Self

from benchmarks.report import REPOSITORY
from benchmarks.scale_data import environment
from benchmarks.smaps import memory

SAMPLE_S = 0.5


class NodeProcess:
    """A scale_node.py process, asked one thing at a time."""

    def __init__(self, home: Path, role: str) -> None:
        self.started = time.perf_counter()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.scale_node", role],
            cwd=REPOSITORY, env=environment(home), text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip
        self.pid = self._process.pid

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exit_info: object) -> None:
        if self._process.stdin:
            self._process.stdin.close()
        self._process.wait()

    def ask(self, do: str, **values: Any) -> Any:
        """Send a request and wait for its answer. Raises RuntimeError when the process has ended"""
        self.send(do, **values)
        return self.answer()

    def send(self, do: str, **values: Any) -> None:
        """Send a request; `answer` must be called before the next."""
        assert self._process.stdin
        self._process.stdin.write(f"{json.dumps({'do': do, **values})}\n")
        self._process.stdin.flush()

    def answer(self) -> Any:
        """The answer to the last request. Raises RuntimeError when the process has ended."""
        assert self._process.stdout
        if not (line := self._process.stdout.readline()):
            raise RuntimeError("a process of the node ended: see above")
        return json.loads(line)


class IndexerProcess:
    """The product's indexer, as the supervisor runs it."""

    def __init__(self, home: Path) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "apps.retrieval.indexer"], cwd=REPOSITORY, env=environment(home)
        )
        self.pid = self._process.pid

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exit_info: object) -> None:
        self._process.terminate()
        self._process.wait()


class PeakMemory:
    """The most that processes had together (their PSS) while the block ran, in MB."""

    def __init__(self, pids: list[int]) -> None:
        self.mb = 0.0
        self._pids, self._stop = pids, threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *exit_info: object) -> None:
        self._stop.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._stop.wait(SAMPLE_S):
            self.mb = max(self.mb, sum(memory(pid)["Pss"] for pid in self._pids) / 1e6)


def forget_pages(folder: Path) -> None:
    """Have the system drop what it holds of the folder's files in memory, where nobody maps them"""
    for path in folder.rglob("*"):
        if path.is_file():
            with path.open("rb") as file:
                os.fsync(file.fileno())
                os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
