"""A whole node for the browser: web server, workers and indexer as real processes."""

import json
import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.installation import ROOT, Installation, wait_until
from tests.services import free_port

PROCESSES = ("web", "worker-parse", "worker-embed", "indexer")
STOP_S = 15
PEOPLE = ("admin", "reader", "writer", "curator")
PASSWORDS = {name: f"{name}-Password-1" for name in PEOPLE}


class Site(Installation):
    """A node on a free port, with people and samples (seed.py). `close` leaves nothing behind."""

    passwords: Mapping[str, str] = PASSWORDS

    def __init__(self, home: Path, *, port: int = 0, **settings: str) -> None:
        self.port = port or free_port()
        self.base_url = f"http://127.0.0.1:{self.port}"
        self.home = home
        (home / "logs").mkdir(parents=True)
        settings = {
            "CLAWDBOT_SERVICE__PORT": str(self.port),
            "CLAWDBOT_SERVICE__WEB_WORKERS": "1",
            "CLAWDBOT_RESOURCE__EMBED_THREADS": "2",
        } | settings
        super().__init__(home, **settings)
        self.environment["DJANGO_SETTINGS_MODULE"] = "clawdbot_site.settings"
        self._console: subprocess.Popen[str] | None = None

    def start(self) -> None:
        """Collect the static files, start every process, wait until the node says it is ready."""
        self.python("manage.py", "collectstatic", "--no-input", "--verbosity", "0")
        for name in PROCESSES:
            self.start_process(name)
        wait_until(self._is_ready, what=f"a ready node; its logs are in {self.home / 'logs'}")

    def start_process(self, name: str) -> "subprocess.Popen[bytes]":
        """One process of the node, in a group of its own; it ends when the test process does."""
        with (self.home / "logs" / f"{name}.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "clawdbot_site.supervision.processes", name],
                cwd=ROOT, env=self.environment, start_new_session=True, stdout=log, stderr=log,
            )  # fmt: skip
        self.processes.append(process)
        return process

    def django(self, code: str) -> str:
        """Run code in this installation, in a Python that stays; what it prints, stripped.

        Each call starts without names. Raises AssertionError with the traceback of the code.
        """
        if self._console is None:
            self._console = subprocess.Popen(
                [sys.executable, "-m", "tests.browser.console"],
                cwd=ROOT, env=self.environment, text=True, start_new_session=True,
                stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            )  # fmt: skip
        assert self._console.stdin
        assert self._console.stdout
        self._console.stdin.write(json.dumps(code) + "\n")
        self._console.stdin.flush()
        answer = json.loads(self._console.stdout.readline())
        assert not answer["error"], answer["error"]
        return str(answer["printed"]).strip()

    def made(self, function: str, *arguments: object) -> dict[str, Any]:
        """Call a function of contents.py in this installation; what it tells."""
        code = f"from tests.browser import contents; contents.{function}(*{arguments!r})"
        told: dict[str, Any] = json.loads(self.django(code))
        return told

    def seed(self, *, with_samples: bool = True) -> None:
        """Make the people; load the samples and wait until all of them can be found."""
        self.django(f"from tests.browser.seed import *; people_create({PASSWORDS!r})")
        if with_samples:
            self.django("from tests.browser.seed import *; samples_load()")
            self.wait_ready()

    def wait_ready(self) -> None:
        """Return once every document can be found or has failed."""
        wait_until(lambda: self.django(UNFINISHED) == "0", what="ready documents")

    def close(self) -> None:
        """Stop everything: politely, then not."""
        if self._console and self._console.stdin:
            self._console.stdin.close()
            self._console.wait(timeout=STOP_S)
        for process in self.processes:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        for process in self.processes:
            try:
                process.wait(timeout=STOP_S)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()

    def _is_ready(self) -> bool:
        dead = [process.args for process in self.processes if process.poll() is not None]
        assert not dead, f"{dead} ended; see {self.home / 'logs'}"
        try:
            with urllib.request.urlopen(f"{self.base_url}/readyz", timeout=10):
                return True
        except (urllib.error.URLError, OSError):
            return False


UNFINISHED = """
from apps.knowledge.models import Document
from ingest.selectors import indexed_seq, status_of, with_status
indexed = indexed_seq()
found = with_status(Document.objects.filter(deleted_at=None))
print(sum(status_of(one, indexed=indexed).status not in ("ready", "failed") for one in found))
"""
