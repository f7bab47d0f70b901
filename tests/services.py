"""Servers out of Debian's packages, on free ports, for the tests that need a real one."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


def free_port() -> int:
    """A port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def program(name: str, *, package: str) -> str:
    """The program's path. Missing: a failure in CI, a skip on a developer's machine."""
    found = shutil.which(name)
    if not found:
        for folder in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True):
            if (folder / name).exists():
                return str(folder / name)
        (pytest.fail if os.environ.get("CI") else pytest.skip)(f"install Debian's {package}")
    return str(found)


@contextmanager
def redis(folder: Path) -> Iterator[str]:
    """A Redis server; its address."""
    port = free_port()
    server = program("redis-server", package="redis-server")
    process = subprocess.Popen(
        [server, "--port", str(port), "--dir", str(folder), "--save", ""],
        stdout=subprocess.DEVNULL,
    )
    try:
        _wait_for(port)
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        process.terminate()
        process.wait()


@contextmanager
def postgresql() -> Iterator[str]:
    """A PostgreSQL server with an empty database; its address. As root it runs as `postgres`."""
    initdb = program("initdb", package="postgresql")
    server = program("postgres", package="postgresql")
    as_user = {"user": "postgres", "group": "postgres"} if os.geteuid() == 0 else {}
    folder, port = Path(tempfile.mkdtemp(prefix="clawdbot-postgres-")), free_port()
    if as_user:
        shutil.chown(folder, "postgres")
    data = folder / "data"
    subprocess.run(
        [initdb, "-D", str(data), "-U", "clawdbot", "-A", "trust", "-E", "UTF8"],
        check=True, stdout=subprocess.DEVNULL, cwd="/", **as_user,
    )  # fmt: skip
    process = subprocess.Popen(
        [server, "-D", str(data), "-p", str(port), "-k", "", "-h", "127.0.0.1"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/", **as_user,
    )  # fmt: skip
    try:
        _wait_for(port)
        yield f"postgresql://clawdbot@127.0.0.1:{port}/postgres"
    finally:
        process.send_signal(signal.SIGINT)  # fast shutdown
        process.wait()
        shutil.rmtree(folder)


def _wait_for(port: int) -> None:
    for _ in range(200):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise AssertionError(f"nothing listens on {port}")
