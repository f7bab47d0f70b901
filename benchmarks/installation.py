"""An installation of its own for a benchmark: fresh folder, free port, all processes, then gone."""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.client import Client
from benchmarks.report import REPOSITORY, say

CLAWDBOT = ("-m", "clawdbot_site.cli.main")


@dataclass(slots=True)
class Installation:
    """A running installation. Everything it writes is in `home`."""

    home: Path
    port: int
    key: str = ""

    @property
    def address(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    def client(self) -> Client:
        """A caller with an administrator's key."""
        return Client(self.address, self.key)

    def clawdbot(self, *arguments: str) -> str:
        """Run a command of `clawdbot` on it; returns what it printed on stdout."""
        return self.run(*CLAWDBOT, *arguments)

    def run(self, *arguments: str) -> str:
        """Run Python in it; returns what it printed on stdout. Raises CalledProcessError."""
        return subprocess.run(
            [sys.executable, *arguments],
            cwd=REPOSITORY,
            env=os.environ | {"CLAWDBOT_HOME": str(self.home)},
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        ).stdout

    def stop(self) -> None:
        """End all processes; the data stay until the block ends. Safe to repeat."""
        self.clawdbot("stop")

    def processes(self) -> dict[str, int]:
        """Name and process id of what a node runs."""
        status = json.loads(self.clawdbot("status", "--json"))
        return {process["name"]: process["pid"] for process in status["processes"]}


@contextmanager
def prepared(*, settings: str = "") -> Iterator[Installation]:
    """A fresh installation that does not run yet; stopped and deleted at the end.

    `settings`: further sections of clawdbot.yaml.
    """
    with tempfile.TemporaryDirectory(prefix="clawdbot-benchmark-") as home:
        installation = Installation(home=Path(home), port=_free_port())
        (installation.home / "clawdbot.yaml").write_text(
            f"service: {{port: {installation.port}}}\n{settings}", encoding="utf-8"
        )
        yield installation


@contextmanager
def running(*, settings: str = "") -> Iterator[Installation]:
    """A fresh installation with everything a node runs; stopped and deleted at the end, which is
    also when the benchmark is told to end (SIGTERM)."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    with prepared(settings=settings) as installation:
        say("starting an installation")
        try:
            installation.clawdbot("start", "--no-sample")
            created = installation.clawdbot("key", "create", "benchmark", "--json")
            installation.key = json.loads(created)["key"]
            yield installation
        finally:
            installation.stop()


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
