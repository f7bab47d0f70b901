"""Where a node's index lies on disk, and how its files are written durably.

<data_dir>/index/<embedding generation>/
    CURRENT                 which manifest holds; replaced atomically
    000012/                 what publish 12 added: manifest.json, segment-N/, dead-N.npy, lexical/
    REBUILD                 there while somebody wants all of it made anew
    CHECK                   there while somebody wants every file hashed
    REPAIR                  which versions are to be published again
    work/                   the writer's own: nothing in it is ever read by a search
    .rewriting/             segments that are being merged or purged
    quarantine/             damaged files, set aside for a person to look at
"""

import hashlib
import os
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from apps.core import config

_END_BYTES = 4096


class Damaged(Exception):
    """A file of the index is not what its manifest says. Holds the file's path in the index."""

    def __init__(self, path: str) -> None:
        super().__init__(f"{path} is missing or damaged")
        self.path = path


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file of the index, by its path inside the index folder, and what it must contain.

    `ends`: SHA-256 of its first and last 4 KB, where formats keep what leads through the rest. They
    are looked at before a library is given the file: of 4,484 flipped bits two in a header kept
    FAISS busy for ever. Empty for files written before it was kept.
    """

    path: str
    size_bytes: int
    sha256: str
    ends: str = ""

    def is_intact(self, folder: Path, *, content: bool) -> bool:
        """Whether the file is there in its size, with its ends and, when `content` is asked for,
        its SHA-256."""
        path = folder / self.path
        try:
            if path.stat().st_size != self.size_bytes:
                return False
            if content:
                return sha256_of(path) == self.sha256
            return not self.ends or _ends_of(path) == self.ends
        except OSError:
            return False


def root() -> Path:
    """The folder of all indexes of this node."""
    return config.load().data_dir / "index"


def folder_of(embedding_generation_id: int) -> Path:
    """The folder of the index over one embedding generation (whether or not it exists)."""
    return root() / str(embedding_generation_id)


def rebuild_request(folder: Path) -> Path:
    """The file whose presence asks the writer of an index to make it anew."""
    return folder / "REBUILD"


def check_request(folder: Path) -> Path:
    """The file whose presence asks the writer of an index to hash every file of it at once."""
    return folder / "CHECK"


def repair_request(folder: Path) -> Path:
    """The file that names versions which the writer of an index is to publish again."""
    return folder / "REPAIR"


def sha256_of(path: Path) -> str:
    """SHA-256 of a file's content, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _ends_of(path: Path) -> str:
    with path.open("rb") as file:
        first = file.read(_END_BYTES)
        file.seek(max(0, file.seek(0, os.SEEK_END) - _END_BYTES))
        return hashlib.sha256(first + file.read()).hexdigest()


def stored(folder: Path, paths: Iterable[Path]) -> tuple[StoredFile, ...]:
    """Describe existing files below `folder`."""
    return tuple(
        StoredFile(
            path=str(path.relative_to(folder)),
            size_bytes=path.stat().st_size,
            sha256=sha256_of(path),
            ends=_ends_of(path),
        )
        for path in paths
    )


def write_durably(path: Path, content: bytes) -> None:
    """Replace `path` atomically: a reader, or a crash, meets the old content or the new."""
    temporary = path.with_name(f".{path.name}.tmp")
    with temporary.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
    sync(path.parent)


def sync(path: Path) -> None:
    """Force a file's content, or a folder's list of names, to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def emptied(folder: Path) -> Path:
    """The folder, existing and empty."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    return folder


def quarantine(folder: Path, path: str) -> None:
    """Set a damaged file aside. It is renamed, never deleted, and never looked at again by us."""
    aside = folder / "quarantine"
    aside.mkdir(exist_ok=True)
    damaged = folder / path
    if damaged.exists():
        damaged.replace(aside / path.replace("/", "_"))


def empty_quarantine(folder: Path) -> None:
    """Delete what was set aside: it may hold what was deleted since. The record of it stays."""
    shutil.rmtree(folder / "quarantine", ignore_errors=True)
