"""A real installation in a folder of its own: its processes, its broker, its database."""

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from tests.home import HOME

ROOT = Path(__file__).resolve().parents[1]
PARSER = ("-Q", "parse,maintenance", "-P", "threads", "-c", "2")
EMBEDDER = ("-Q", "embed", "-P", "solo")
EMPTY = HOME / "empty.sqlite3"  # a database with tables and without rows


class Console:
    """A Python that has set Django up and forks for each piece of code (forking_console.py)."""

    def __init__(self, environment: dict[str, str]) -> None:
        self.environment = dict(environment)
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.forking_console"],
            cwd=ROOT, env=environment, text=True, start_new_session=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip

    def run(self, code: str) -> str:
        """What it prints, stripped. Raises CalledProcessError with what it complained."""
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps(code) + "\n")
        self._process.stdin.flush()
        told = json.loads(self._process.stdout.readline())
        if told["code"]:
            error = subprocess.CalledProcessError(told["code"], "code with Django", told["out"])
            error.add_note(told["err"])
            raise error
        return str(told["out"]).strip()

    def close(self) -> None:
        """End it."""
        assert self._process.stdin
        self._process.stdin.close()
        self._process.wait()


class Installation:
    """Starts processes against one CLAWDBOT_HOME; `close` leaves none behind."""

    def __init__(self, home: Path, **settings: str) -> None:
        self.environment = {**os.environ, "CLAWDBOT_HOME": str(home), **settings}
        self.environment.pop("DJANGO_SETTINGS_MODULE", None)
        self.processes: list[subprocess.Popen[bytes]] = []
        self._home = home
        self._django: Console | None = None
        self._migrate(own_database="CLAWDBOT_DATABASE__URL" in settings)

    def _migrate(self, *, own_database: bool) -> None:
        """The tables. Those of SQLite are made once a test process, and copied then."""
        database = self._home / "data" / "clawdbot.sqlite3"
        if own_database or not EMPTY.exists():
            self.python("manage.py", "migrate", "--verbosity", "0")
        if own_database:
            return
        if EMPTY.exists():
            database.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(EMPTY, database)
            return
        with closing(sqlite3.connect(database)) as source, closing(sqlite3.connect(EMPTY)) as kept:
            source.backup(kept)

    def python(self, *arguments: str) -> str:
        """Run Python to its end; its output. Raises CalledProcessError with what it complained."""
        ended = subprocess.run(
            [sys.executable, *arguments],
            cwd=ROOT, env=self.environment, check=False, capture_output=True, text=True,
            timeout=120,
        )  # fmt: skip
        if ended.returncode:
            error = subprocess.CalledProcessError(ended.returncode, ended.args, ended.stdout)
            error.add_note(ended.stderr)
            raise error
        return ended.stdout

    def django(self, code: str) -> str:
        """Run code with Django set up, in a process of its own; what it prints, stripped.

        Raises CalledProcessError with what it complained.
        """
        self.environment["DJANGO_SETTINGS_MODULE"] = "clawdbot_site.settings"
        if self._django is None or self._django.environment != self.environment:
            self._leave_django()
            self._django = Console(self.environment)
        return self._django.run(code)

    def _leave_django(self) -> None:
        if self._django is not None:
            self._django.close()

    def start_worker(self, *arguments: str) -> "subprocess.Popen[bytes]":
        """A Celery worker in a process group of its own."""
        process = subprocess.Popen(
            [sys.executable, "-m", "celery", "-A", "clawdbot_site", "worker", "-l", "warning",
             "-n", f"w{len(self.processes)}@%h", *arguments],
            cwd=ROOT, env=self.environment, start_new_session=True,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        self.processes.append(process)
        return process

    def kill(self, process: "subprocess.Popen[bytes]") -> None:
        """kill -9 the whole group, as a power cut would."""
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def close(self) -> None:
        """Stop what still runs."""
        self._leave_django()
        for process in self.processes:
            if process.poll() is None:
                self.kill(process)


def wait_until(condition: Callable[[], bool], *, what: str, tries: int = 240) -> None:
    """Poll twice a second. Fails with `what` after `tries`."""
    for _ in range(tries):
        if condition():
            return
        time.sleep(0.5)
    raise AssertionError(f"never came true: {what}")
