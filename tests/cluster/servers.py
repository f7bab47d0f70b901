"""PostgreSQL and Redis of a cluster: reached from every node, restarted and wiped at will."""

import os
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path
from typing import Any

import psycopg

from tests.cluster.network import ENDS_WITH_US
from tests.services import free_port, program

SILENT = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}


class PostgreSQL:
    """A PostgreSQL server for the hosts around `hub`. As root it runs as `postgres`."""

    def __init__(self, folder: Path, hub: str) -> None:
        self.port, self._hub, self._data = free_port(), hub, folder / "data"
        self._server = program("postgres", package="postgresql")
        self._user = {"user": "postgres", "group": "postgres"} if os.geteuid() == 0 else {}
        folder.mkdir()
        if self._user:
            shutil.chown(folder, "postgres")
        subprocess.run(
            [program("initdb", package="postgresql"), "-D", str(self._data), "-U", "clawdbot",
             "-A", "trust", "-E", "UTF8", "--no-sync"],
            check=True, cwd="/", **SILENT, **self._user,
        )  # fmt: skip
        with (self._data / "pg_hba.conf").open("a") as rules:
            rules.write("host all all samenet trust\n")
        self.start()

    @property
    def url(self) -> str:
        """As nodes reach it."""
        return f"postgresql://clawdbot@{self._hub}:{self.port}/postgres"

    def start(self) -> None:
        """Returns when it listens."""
        with (self._data.parent / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [*ENDS_WITH_US, self._server, "-D", str(self._data), "-p", str(self.port), "-k", "",
                 "-h", ",".join({"127.0.0.1", self._hub})],
                cwd="/", stdout=log, stderr=log, **self._user,
            )  # fmt: skip
        wait_for_port(self._hub, self.port)

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        """The rows of a query."""
        with psycopg.connect(self.url) as connection:
            return connection.execute(sql).fetchall()

    def crash(self) -> None:
        """End it at once, as a power cut would: all connections break, the log is read at start."""
        self._process.send_signal(signal.SIGQUIT)  # immediate shutdown
        self._process.wait()

    def close(self) -> None:
        """Stop it in good order."""
        self._process.send_signal(signal.SIGINT)  # fast shutdown
        self._process.wait()


class Redis:
    """A Redis server that keeps nothing on disk."""

    def __init__(self, folder: Path, hub: str) -> None:
        self.port, self._hub, self._folder = free_port(), hub, folder
        self._server = program("redis-server", package="redis-server")
        self.start()

    @property
    def url(self) -> str:
        """As nodes reach it."""
        return f"redis://{self._hub}:{self.port}/0"

    def start(self) -> None:
        """Empty. Returns when it listens."""
        self._process = subprocess.Popen(
            [*ENDS_WITH_US, self._server, "--port", str(self.port),
             "--bind", *{"127.0.0.1", self._hub}, "--protected-mode", "no",
             "--dir", str(self._folder), "--save", ""],
            **SILENT,
        )  # fmt: skip
        wait_for_port(self._hub, self.port)

    def kill(self) -> None:
        """End it at once: all that it knew is gone."""
        self._process.kill()
        self._process.wait()

    close = kill


def wait_for_port(host: str, port: int) -> None:
    """Until somebody listens there."""
    for _ in range(400):
        with socket.socket() as probe:
            if probe.connect_ex((host, port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError(f"nothing listens on {host}:{port}")
