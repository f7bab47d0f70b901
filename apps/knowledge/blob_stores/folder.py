"""Originals in a folder, of this machine or shared by all: <folder>/ab/abcdef…"""

import errno
import os
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from apps.knowledge.blob_stores import aside
from apps.knowledge.blob_stores.protocol import BLOCK_BYTES, PlaceAway

MARK = ".clawdbot-originals"
# The file system is away or takes nothing; anything else is about one file.
AWAY = frozenset(
    {
        errno.ESTALE, errno.ETIMEDOUT, errno.ENOTCONN, errno.EHOSTDOWN, errno.EHOSTUNREACH,
        errno.EROFS, errno.ENOSPC, errno.EDQUOT,
    }
)  # fmt: skip


class FolderStore:
    """Files by the first two digits of their hash. It has its identity in a file of its own."""

    def __init__(self, folder: Path) -> None:
        self.address = str(folder)
        self._folder = folder

    def identity(self) -> str | None:
        """The mark's content; None in an empty folder, and where nothing is mounted."""
        try:
            with _translated():
                return (self._folder / MARK).read_text(encoding="ascii").strip() or None
        except FileNotFoundError:
            return None

    def mark(self) -> str:
        """Write the mark; the first of two processes wins."""
        with _translated(), aside.temporary(self._folder) as (file, path):
            file.write(f"folder:{uuid.uuid4()}\n".encode())
            file.flush()
            os.fsync(file.fileno())
            try:
                os.link(path, self._folder / MARK)
            except OSError:  # it is there, or the file system knows no links
                if self.identity() is None:
                    path.replace(self._folder / MARK)
        return (self._folder / MARK).read_text(encoding="ascii").strip()

    def aside(self) -> Path:
        """Inside, so that keeping is one rename."""
        return self._folder

    def keep(self, sha256: str, path: Path) -> None:
        """Give the file its name, durably. It is on the same disk and written through."""
        target = self.path_of(sha256)
        with _translated():
            target.parent.mkdir(exist_ok=True)
            path.replace(target)
            descriptor = os.open(target.parent, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)

    def size_of(self, sha256: str) -> int | None:
        """As the file system tells."""
        try:
            with _translated():
                return self.path_of(sha256).stat().st_size
        except FileNotFoundError:
            return None

    def read(self, sha256: str, start: int = 0, size_bytes: int | None = None) -> Iterator[bytes]:
        """Opened at the call: what is removed meanwhile is still read to its end."""
        with _translated():
            opened = self.path_of(sha256).open("rb")
        return _blocks(opened, start, size_bytes)

    def path_of(self, sha256: str) -> Path:
        """Always a file."""
        return self._folder / sha256[:2] / sha256

    def remove(self, sha256: str) -> bool:
        """Unlink it."""
        try:
            with _translated():
                self.path_of(sha256).unlink()
        except FileNotFoundError:
            return False
        return True

    def names(self, part: str) -> Iterator[str]:
        """In no order."""
        try:
            with _translated(), os.scandir(self._folder / part) as entries:
                yield from (entry.name for entry in entries if entry.is_file())
        except FileNotFoundError:
            return

    def remove_abandoned(self) -> None:
        """Other machines may be writing here."""
        aside.remove_abandoned(self._folder, is_shared=True)


def _blocks(opened: IO[bytes], start: int, size_bytes: int | None) -> Iterator[bytes]:
    with _translated(), opened as file:
        file.seek(start)
        left = sys.maxsize if size_bytes is None else size_bytes
        while left and (block := file.read(min(BLOCK_BYTES, left))):
            left -= len(block)
            yield block


@contextmanager
def _translated() -> Iterator[None]:
    """A mounted folder that is away is no error of ours."""
    try:
        yield
    except OSError as error:
        if error.errno in AWAY:
            raise PlaceAway(str(error.strerror)) from error
        raise
