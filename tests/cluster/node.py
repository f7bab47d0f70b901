"""One full node: its data folder, its processes, its place in the network."""

import json
import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import libfaketime

from tests.cluster.network import Network

ROOT = Path(__file__).resolve().parents[2]
PROCESSES = ("web", "worker-parse", "worker-embed", "beat", "indexer")
ANSWERING = ("web", "indexer")
PORT = 8000
STOPPING_S = 60.0


class Node:
    """Runs the same commands as a container of compose does, each in a session of its own."""

    def __init__(self, number: int, folder: Path, network: Network, **settings: str) -> None:
        self.name, self.number, self.program = f"n{number}", number, ROOT
        self.home = folder / self.name
        self.home.mkdir()
        (self.home / "logs").mkdir()
        self.host = network.address_of(number)
        self.wrapper: Sequence[str] = ()  # what each of its processes begins with, besides
        self._prefix = network.prefix_of(number)
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self.settings = {
            "CLAWDBOT_HOME": str(self.home),
            "CLAWDBOT_NODE__NAME": self.name,
            "CLAWDBOT_SERVICE__HOST": self.host,
            "CLAWDBOT_SERVICE__PORT": str(PORT),
            "OMP_NUM_THREADS": "1",
            **settings,
        }

    def set_clock(self, ahead_s: int) -> None:
        """Have the processes that it starts from now on believe that it is so much later.

        Durations they measure as before: the clock is wrong, it does not run wrong.
        """
        library = Path(libfaketime.__file__).parent / "vendor" / "libfaketime" / "src"
        self.settings |= {
            "LD_PRELOAD": str(library / "libfaketime.so.1"),
            "FAKETIME": f"{ahead_s:+}",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "FAKETIME_FORCE_MONOTONIC_FIX": "0",  # else each wait with a time limit takes 40 ms
        }

    @property
    def place(self) -> str:
        """Where its web process listens."""
        return f"{self.host}:{PORT}"

    @property
    def address(self) -> str:
        """Of its web process, without nginx."""
        return f"http://{self.place}"

    @property
    def data(self) -> Path:
        """Its data folder."""
        return self.home / "data"

    @property
    def is_running(self) -> bool:
        """Whether it was started and not stopped since."""
        return bool(self._processes)

    def start(self, *names: str) -> None:
        """Start these processes, or all. Call it from the main thread: they end with theirs."""
        for name in names or PROCESSES:
            with (self.home / "logs" / f"{name}.log").open("ab") as log:
                self._processes[name] = subprocess.Popen(
                    [*self.wrapper, *self._prefix, sys.executable, "-P", "-m",
                     "clawdbot_site.supervision.processes", name],
                    cwd=self.program, env=self._environment(), start_new_session=True,
                    stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT,
                )  # fmt: skip

    def start_missing(self) -> None:
        """Start what does not run."""
        for name in self.ended():
            del self._processes[name]
        if missing := [name for name in PROCESSES if name not in self._processes]:
            self.start(*missing)

    def tell_to_stop(self, *names: str) -> None:
        """SIGTERM, as supervisors and containers stop; returns at once."""
        for name in names or tuple(self._processes):
            self._processes[name].terminate()

    def wait_for_end(self, *names: str) -> None:
        """Until these, or all, have ended."""
        for name in names or tuple(self._processes):
            self._processes.pop(name).wait(STOPPING_S)

    def stop(self, *names: str) -> None:
        """In good order: what is in flight ends first."""
        self.tell_to_stop(*names)
        self.wait_for_end(*names)

    def kill(self, *names: str) -> None:
        """kill -9 with all children, as a power cut would."""
        for name in names or tuple(self._processes):
            process = self._processes.pop(name)
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def freeze(self, name: str) -> None:
        """It is there, but does nothing."""
        os.killpg(self._processes[name].pid, signal.SIGSTOP)

    def thaw(self, name: str) -> None:
        """Undo `freeze`."""
        os.killpg(self._processes[name].pid, signal.SIGCONT)

    def parser(self) -> int:
        """The process that reads a file for this node now; 0: none does."""
        worker = self._processes["worker-parse"].pid
        return next((pid for server in _children(worker) for pid in _children(server)), 0)

    def ended(self) -> Sequence[str]:
        """Processes that ended though nobody told them to."""
        return [name for name, process in self._processes.items() if process.poll() is not None]

    def readiness(self) -> dict[str, Any]:
        """What /readyz of the node says; nothing when it does not answer."""
        try:
            with urllib.request.urlopen(f"{self.address}/readyz", timeout=5) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as refusal:
            return json.load(refusal)
        except (OSError, ValueError):
            return {"ready": False, "checks": {}}

    def is_ready(self) -> bool:
        """Whether it says that it can answer questions."""
        return bool(self.readiness()["ready"])

    def is_ready_inside(self) -> bool:
        """Whether it would say so, asked from within its own network."""
        curl = ["curl", "--silent", "--max-time", "5", f"{self.address}/readyz"]
        told = subprocess.run([*self._prefix, *curl], check=False, capture_output=True)
        return b'"ready": true' in told.stdout

    def run(self, *arguments: str, program: Path | None = None) -> str:
        """Run Python on the node to its end; its output. Raises CalledProcessError.

        With the node's program, or another one in this folder.
        """
        ended = subprocess.run(
            [*self._prefix, sys.executable, "-P", *arguments],
            cwd=program or self.program, env=self._environment(program), check=False,
            capture_output=True, text=True, timeout=120,
        )  # fmt: skip
        if ended.returncode:
            error = subprocess.CalledProcessError(ended.returncode, ended.args, ended.stdout)
            error.add_note(ended.stderr)
            raise error
        return ended.stdout.strip()

    def log(self) -> str:
        """What all its processes wrote."""
        files = sorted((self.home / "logs").glob("*.log"))
        return "".join(path.read_text(errors="replace") for path in files)

    def _environment(self, program: Path | None = None) -> Mapping[str, str]:
        kept = {key: value for key, value in os.environ.items() if not key.startswith("CLAWDBOT_")}
        kept.pop("DJANGO_SETTINGS_MODULE", None)
        return kept | self.settings | {"PYTHONPATH": str(program or self.program)}


def _children(pid: int) -> Sequence[int]:
    found: list[int] = []
    for thread in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(OSError):
            found += map(int, thread.read_text().split())
    return found
