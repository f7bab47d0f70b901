"""An installation for an hour: a folder of its own, SQLite, nothing that listens, then gone."""

import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from apps.core import config
from apps.core.errors import Conflict

PREFIX = "CLAWDBOT_"
FOLDER, LOCK = "rehearsal", "rehearsal.lock"
# The same questions get the same answers however busy the machine is, and from the documents alone.
ALIKE: dict[str, dict[str, Any]] = {
    "engines": {"default": "builtin"},
    "retrieval": {"read_deadline_ms": 60_000},
}
OF_ITS_OWN: dict[str, dict[str, Any]] = {
    "node": {"name": FOLDER},
    "storage": {"data_dir": "data", "originals": "", "originals_also": ""},
    "database": {"url": "sqlite"},
    "broker": {"url": "filesystem"},
    "index": {"vectors": "files", "verify_at": ""},
    "serving": {"models": [], "servers": []},
    "backup": {"to": "", "passphrase_file": ""},
}


@dataclass(frozen=True, slots=True)
class Installation:
    """Where to run the program, and with which environment."""

    environment: Mapping[str, str]

    def clawdbot(self, *arguments: str) -> str:
        """What the command printed. Raises Conflict with its last line when it failed."""
        done = subprocess.run(  # noqa: S603 - ourselves
            [sys.executable, "-m", "clawdbot_site.cli.main", *arguments],
            cwd=config.REPOSITORY,
            env=dict(self.environment),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            said = done.stderr.strip().splitlines() or [f"it ended with {done.returncode}"]
            raise Conflict(said[-1].removeprefix("clawdbot: "))
        return done.stdout


@contextmanager
def scratch(folder: Path, needed_bytes: int) -> Iterator[tuple[Path, Installation]]:
    """A folder that only we can read, and an installation in it; both are gone after the block.

    What a killed one left is removed first. Raises Conflict while another is there, or when the
    disk has no room.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (folder / LOCK).open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Conflict(f"Another backup is being verified in {folder}.") from None
        home = folder / FOLDER
        shutil.rmtree(home, ignore_errors=True)
        if (free := shutil.disk_usage(folder).free) < needed_bytes:
            raise Conflict(
                f"Restoring needs about {needed_bytes // 10**6:,} MB in {folder}, "
                f"{free // 10**6:,} MB are free. Name another folder: --scratch DIR"
            )
        home.mkdir(mode=0o700)
        try:
            _configure(home)
            yield home, Installation(_environment() | {"CLAWDBOT_HOME": str(home)})
        finally:
            shutil.rmtree(home, ignore_errors=True)


def ourselves() -> Installation:
    """This installation, answering under the same conditions as one in a scratch folder."""
    alike = {
        f"{PREFIX}{section}__{key}".upper(): str(value)
        for section, values in ALIKE.items()
        for key, value in values.items()
    }
    return Installation(os.environ | alike)


def _configure(home: Path) -> None:
    values = config.load().model_dump(mode="json")
    for changes in (ALIKE, OF_ITS_OWN):
        for section, changed in changes.items():
            values[section] |= changed
    path = home / "clawdbot.yaml"
    path.touch(mode=0o600)
    path.write_text(yaml.safe_dump(values), encoding="utf-8")


def _environment() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
