"""The folder that holds backups: files that are there whole or not at all, and a lock."""

import fcntl
import json
import os
import re
import secrets
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from django.utils.translation import gettext_noop

from apps.core.errors import Conflict
from apps.ops.backups.refusals import BackupDamaged, told

SNAPSHOT = re.compile(r"\d{8}T\d{6}Z-[0-9a-f]{6}")
PARTIAL = ".partial-"
LOCK = ".lock"
OBJECTS, SNAPSHOTS, DAMAGED = "objects", "snapshots", "damaged"


@dataclass(frozen=True, slots=True)
class Folder:
    """Files under names like `objects/ab/abcd…`; what `write` returned from is on the disk once
    `settle` returned, too."""

    path: Path

    def read(self, name: str) -> bytes:
        """The bytes. Raises BackupDamaged when they are not there."""
        try:
            return (self.path / name).read_bytes()
        except FileNotFoundError:
            text = gettext_noop("%(name)s is missing in %(path)s.")
            raise told(BackupDamaged, text, name=name, path=self.path) from None

    def write(self, name: str, data: bytes) -> None:
        """Store the bytes whole, or not at all."""
        target = self.path / name
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        partial = target.with_name(f"{PARTIAL}{secrets.token_hex(8)}")
        try:
            with os.fdopen(
                os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb"
            ) as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            partial.replace(target)
        except BaseException:
            partial.unlink(missing_ok=True)
            raise

    def remove(self, name: str) -> int:
        """Remove the file; its size in bytes, 0 when it was not there."""
        path = self.path / name
        with suppress(FileNotFoundError):
            size_bytes = path.stat().st_size
            path.unlink()
            return size_bytes
        return 0

    def set_aside(self, name: str) -> None:
        """Keep a damaged file out of the way, so that the next backup stores it anew."""
        aside = self.path / DAMAGED
        aside.mkdir(mode=0o700, exist_ok=True)
        with suppress(FileNotFoundError):
            (self.path / name).replace(aside / Path(name).name)

    def objects(self) -> Iterator[str]:
        """The names of all objects, without their folders."""
        for part in self._parts():
            with os.scandir(part) as entries:
                yield from (one.name for one in entries if not one.name.startswith("."))

    def snapshots(self) -> list[str]:
        """The names of all snapshots, the oldest first."""
        with suppress(FileNotFoundError):
            return sorted(filter(SNAPSHOT.fullmatch, os.listdir(self.path / SNAPSHOTS)))
        return []

    def size_bytes(self) -> int:
        """Of all objects together."""
        return sum(entry.stat().st_size for part in self._parts() for entry in os.scandir(part))

    def settle(self) -> None:
        """Have the disk hold the names of what was written, too."""
        for folder in (*self._parts(), self.path / OBJECTS, self.path / SNAPSHOTS, self.path):
            if folder.is_dir():
                _fsync(folder)

    def sweep(self) -> None:
        """Remove what a killed process left half-written. Hold the lock."""
        for folder in (*self._parts(), self.path / SNAPSHOTS, self.path):
            for path in folder.glob(f"{PARTIAL}*"):
                path.unlink(missing_ok=True)

    @contextmanager
    def locked(self, purpose: str) -> Iterator[None]:
        """Alone at work here, for the block. A process that dies lets go at once: the kernel's
        lock, which NFS of version 4 keeps, too. Raises Conflict when another has it.
        """
        with (self.path / LOCK).open("a+", encoding="utf-8") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                file.seek(0)
                raise _busy(file.read(), self.path) from None
            file.truncate(0)
            who = {"host": socket.gethostname(), "pid": os.getpid(), "purpose": purpose}
            file.write(json.dumps(who))
            file.flush()
            self.sweep()
            yield

    def _parts(self) -> list[Path]:
        with suppress(FileNotFoundError):
            return sorted(path for path in (self.path / OBJECTS).iterdir() if path.is_dir())
        return []


def _busy(text: str, path: Path) -> Conflict:
    try:
        who = json.loads(text)
        by = f"{who['purpose']} by process {who['pid']} of {who['host']}"
    except (ValueError, KeyError, TypeError):
        by = "another process"
    said = gettext_noop("%(path)s is in use: %(by)s. Try again when that has ended.")
    return told(Conflict, said, path=path, by=by)


def _fsync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
