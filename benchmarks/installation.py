"""An installation of its own for a benchmark: fresh folder, free port, all processes, then gone."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from benchmarks.client import Client
from benchmarks.report import REPOSITORY, say

START_S = 120.0
STOP_S = 20.0
ROLES = ("web", "worker-parse", "worker-embed", "beat", "indexer")
MAKE_ADMIN = """
from apps.accounts.api_keys import api_key_create
from apps.accounts.models import User
admin = User.objects.create_superuser("benchmark")
print(api_key_create(user=admin, name="benchmark")[1])
"""


@dataclass(slots=True)
class Installation:
    """A running installation. Everything it writes is in `home`."""

    home: Path
    port: int
    key: str = ""
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def address(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    def client(self) -> Client:
        """A caller with an administrator's key."""
        return Client(self.address, self.key)

    def environment(self) -> dict[str, str]:
        """For programs that shall see this installation's configuration and data."""
        return os.environ | {"CLAWDBOT_HOME": str(self.home)}

    def pids(self) -> dict[str, list[int]]:
        """The processes of each role: the one started and all that it started."""
        return {role: _family(process.pid) for role, process in self.processes.items()}

    def stop(self) -> None:
        """End all processes; the data stay until the block ends. Safe to repeat."""
        for process in self.processes.values():
            process.terminate()
        for role, process in self.processes.items():
            try:
                process.wait(STOP_S)
            except subprocess.TimeoutExpired:
                say(f"{role} did not stop in {STOP_S:.0f} s and was killed")
                process.kill()
                process.wait()
        self.processes.clear()

    def run(self, *arguments: str) -> str:
        """Run Python in this installation; returns what it printed on stdout."""
        return subprocess.run(
            [sys.executable, *arguments],
            cwd=REPOSITORY,
            env=self.environment(),
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        ).stdout


@contextmanager
def running(*, settings: str = "") -> Iterator[Installation]:
    """Start everything a node has; stop it and delete its folder at the end.

    `settings`: further sections of clawdbot.yaml. Raises RuntimeError when it does not get ready.
    """
    home = Path(tempfile.mkdtemp(prefix="clawdbot-benchmark-"))
    installation = Installation(home=home, port=_free_port())
    try:
        (home / "clawdbot.yaml").write_text(
            f"service: {{port: {installation.port}}}\n{settings}", encoding="utf-8"
        )
        installation.run("manage.py", "migrate", "--verbosity", "0")
        installation.run("manage.py", "collectstatic", "--noinput", "--verbosity", "0")
        installation.key = installation.run(
            "manage.py", "shell", "-v", "0", "-c", MAKE_ADMIN
        ).strip()
        _start(installation)
        yield installation
    finally:
        installation.stop()
        shutil.rmtree(home, ignore_errors=True)


def _start(installation: Installation) -> None:
    logs = installation.home / "logs"
    logs.mkdir()
    for role, arguments in _commands(installation.port).items():
        with (logs / f"{role}.log").open("wb") as log:
            installation.processes[role] = subprocess.Popen(
                [sys.executable, "-m", *arguments],
                cwd=REPOSITORY,
                env=installation.environment(),
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
    _wait_until_ready(installation)


def _commands(port: int) -> dict[str, list[str]]:
    worker = ["celery", "-A", "clawdbot_site", "worker", "--loglevel", "WARNING"]
    return {
        "web": ["gunicorn", "clawdbot_site.wsgi", "--bind", f"127.0.0.1:{port}",
                "--worker-class", "gthread", "--workers", "2", "--threads", "8"],
        "worker-parse": [*worker, "-n", "parse", "-Q", "parse,maintenance",
                         "-P", "threads", "-c", "2"],
        "worker-embed": [*worker, "-n", "embed", "-Q", "embed", "-P", "solo"],
        "beat": ["celery", "-A", "clawdbot_site", "beat", "--loglevel", "WARNING"],
        "indexer": ["apps.retrieval.indexer"],
    }  # fmt: skip


def _wait_until_ready(installation: Installation) -> None:
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline:
        for role, process in installation.processes.items():
            if process.poll() is not None:
                raise RuntimeError(f"{role} ended:\n{_tail(installation.home, role)}")
        try:
            if httpx.get(f"{installation.address}/readyz", trust_env=False).is_success:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.2)
    raise RuntimeError(f"not ready after {START_S:.0f} s:\n{_tail(installation.home, 'web')}")


def _family(pid: int) -> list[int]:
    """A process and all its descendants; an ended one has none."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except FileNotFoundError:
        return []
    return [pid, *(one for child in children for one in _family(int(child)))]


def _tail(home: Path, role: str) -> str:
    return "\n".join((home / "logs" / f"{role}.log").read_text(errors="replace").splitlines()[-15:])


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
