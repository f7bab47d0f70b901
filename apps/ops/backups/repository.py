"""A folder of backups: opening it with its passphrase, storing and reading in it."""

import json
import os
import secrets
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal, TypeVar

from django.utils.translation import gettext_noop
from pydantic import BaseModel, ConfigDict, ValidationError

from apps.core.errors import Invalid, NotFound
from apps.ops.backups.folder import OBJECTS, SNAPSHOTS, Folder
from apps.ops.backups.refusals import BackupDamaged, WrongPassphrase, told
from apps.ops.backups.sealing import (
    KEY_BYTES,
    Digits,
    PassphraseKey,
    Sealer,
    passphrase_key,
    unwrapped,
    wrapped,
)
from apps.ops.backups.snapshots import Contents, Snapshot

HEADER = "clawdbot-backup.json"
ENCRYPTED = gettext_noop(
    "The backups in %(path)s are encrypted. Name the file with their passphrase: "
    "--passphrase-file, or backup.passphrase_file."
)
UNENCRYPTED = gettext_noop(
    "The backups in %(path)s are not encrypted, but a passphrase is named. If they were, somebody "
    "has changed the folder. Begin another one; or name no passphrase (backup.passphrase_file)."
)
T = TypeVar("T", bound=BaseModel)


class Header(BaseModel):
    """What stands in the open: which format; the master key, wrapped if there is a passphrase."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    format: Literal["clawdbot-backup"] = "clawdbot-backup"
    version: Literal[1] = 1
    passphrase: PassphraseKey | None
    master: Digits


@dataclass(frozen=True, slots=True)
class Repository:
    """An opened folder of backups."""

    folder: Folder
    sealer: Sealer

    @property
    def is_encrypted(self) -> bool:
        """Whether there is a passphrase."""
        return self.sealer.cipher is not None

    def get(self, name: str) -> bytes:
        """The content of an object. Raises BackupDamaged."""
        return self.sealer.unseal(self.folder.read(path_of(name)), name=name)

    def put(self, name: str, content: bytes) -> int:
        """Store an object; returns how many bytes it takes."""
        sealed = self.sealer.seal(content, name=name)
        self.folder.write(path_of(name), sealed)
        return len(sealed)

    def snapshot_add(self, snapshot: Snapshot) -> str:
        """Make everything that was stored durable, then name it; returns the snapshot's name."""
        self.folder.settle()
        taken_at = snapshot.taken_at
        part = f"{taken_at.microsecond:05x}{secrets.randbelow(16):x}"  # names sort by their time
        name = f"{taken_at:%Y%m%dT%H%M%SZ}-{part}"
        sealed = self.sealer.seal(snapshot.model_dump_json().encode(), name=name)
        self.folder.write(f"{SNAPSHOTS}/{name}", sealed)
        self.folder.settle()
        return name

    def snapshot(self, name: str) -> Snapshot:
        """What it says of itself. Raises BackupDamaged."""
        sealed = self.folder.read(f"{SNAPSHOTS}/{name}")
        return _parsed(Snapshot, self.sealer.unseal(sealed, name=name), name)

    def contents(self, snapshot: Snapshot) -> Contents:
        """Where everything of it lies. Raises BackupDamaged."""
        return _parsed(Contents, self.get(snapshot.contents), snapshot.contents)

    def named(self, wanted: str) -> str:
        """The newest snapshot, or the one whose name begins so. Raises NotFound, Invalid."""
        found = [name for name in self.folder.snapshots() if name.startswith(wanted)]
        if not found:
            what = f"no snapshot {wanted}" if wanted else "no snapshot"
            raise NotFound(f"There is {what} in {self.folder.path}. See: clawdbot backup list")
        if wanted and len(found) > 1:
            raise Invalid(f"{len(found)} snapshots begin with {wanted}. Write more of its name.")
        return found[-1]


def path_of(name: str) -> str:
    """Where an object lies in the folder."""
    return f"{OBJECTS}/{name[:2]}/{name}"


def time_of(snapshot: str) -> datetime:
    """When a snapshot was taken, as its name tells."""
    return datetime.strptime(snapshot.partition("-")[0], "%Y%m%dT%H%M%S%z")


def is_there(path: Path) -> bool:
    """Whether backups were ever made there."""
    return (path / HEADER).exists()


def repository_create(path: Path, *, passphrase: str | None) -> Repository:
    """Begin a folder of backups. Raises Invalid when something else is in it."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    if any(not entry.name.startswith(".") for entry in path.iterdir()):
        text = gettext_noop("%(path)s holds other files. Name an empty folder for the backups.")
        raise told(Invalid, text, path=path)
    master = os.urandom(KEY_BYTES)
    key = passphrase_key() if passphrase else None
    kept = wrapped(master, key.of(passphrase)) if key and passphrase else master.hex()
    header = Header(passphrase=key, master=kept)
    folder = Folder(path)
    folder.write(HEADER, json.dumps(header.model_dump(), indent=2).encode() + b"\n")
    folder.settle()
    return Repository(folder, Sealer.of(master, is_encrypted=key is not None))


def repository_open(path: Path, *, passphrase: str | None) -> Repository:
    """The backups of a folder. Raises NotFound, WrongPassphrase, BackupDamaged.

    With a passphrase only encrypted ones: whoever can write there must not switch encryption off.
    """
    if not is_there(path):
        raise NotFound(f"There are no backups in {path}.")
    header = _parsed(Header, (path / HEADER).read_bytes(), HEADER)
    if header.passphrase is None:
        if passphrase:
            raise told(WrongPassphrase, UNENCRYPTED, path=path)
        return Repository(Folder(path), Sealer.of(bytes.fromhex(header.master), is_encrypted=False))
    if not passphrase:
        raise told(WrongPassphrase, ENCRYPTED, path=path)
    master = unwrapped(header.master, header.passphrase.of(passphrase))
    return Repository(Folder(path), Sealer.of(master, is_encrypted=True))


def is_encrypted(path: Path) -> bool:
    """Whether the backups there need a passphrase. Raises BackupDamaged."""
    return _parsed(Header, (path / HEADER).read_bytes(), HEADER).passphrase is not None


def _parsed(kind: type[T], content: bytes, name: str) -> T:
    try:
        return kind.model_validate_json(content)
    except ValidationError:
        text = gettext_noop(
            "%(name)s cannot be read: it is damaged, or of a newer version of this program."
        )
        raise told(BackupDamaged, text, name=name) from None
