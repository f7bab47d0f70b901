"""Content-addressed storage of originals: <storage.originals>/ab/abcdef… (SHA-256)."""

import fcntl
import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from django.utils.translation import gettext

from apps.core import config
from apps.core.errors import Retryable, TooLarge
from apps.core.sizes import parse_size

INCOMING = ".incoming-"
ABANDONED_AFTER_S = 24 * 3600


@dataclass(frozen=True, slots=True)
class Blob:
    """Bytes that were written durably, aside: `keep` puts them under their hash."""

    sha256: str
    size_bytes: int
    path: Path

    def keep(self) -> None:
        """Store the bytes. The same bytes again change nothing. Call it inside `no_removal`."""
        target = path_of(self.sha256)
        target.parent.mkdir(exist_ok=True)
        self.path.replace(target)


@contextmanager
def incoming(chunks: Iterable[bytes]) -> Iterator[Blob]:
    """Write the bytes aside for the block; what the block does not keep is gone after it.

    Raises TooLarge above `ingest.max_file`, Retryable when the disk is nearly full.
    """
    folder = _root()
    folder.mkdir(parents=True, exist_ok=True)
    if shutil.disk_usage(folder).free < parse_size(config.load().storage.min_free):
        raise Retryable(
            gettext("The disk is nearly full. Free some space and send the file again.")
        )
    with tempfile.NamedTemporaryFile(dir=folder, prefix=INCOMING, delete=False) as file:
        path = Path(file.name)
        try:
            sha256, size_bytes = _write(file, chunks)
        except BaseException:
            path.unlink(missing_ok=True)
            raise
    try:
        yield Blob(sha256=sha256, size_bytes=size_bytes, path=path)
    finally:
        path.unlink(missing_ok=True)


def _write(file: IO[bytes], chunks: Iterable[bytes]) -> tuple[str, int]:
    limit = config.load().ingest.max_file
    max_bytes, digest, size_bytes = parse_size(limit), hashlib.sha256(), 0
    for chunk in chunks:
        size_bytes += len(chunk)
        if size_bytes > max_bytes:
            raise TooLarge(gettext("The file is larger than %(limit)s.") % {"limit": limit})
        digest.update(chunk)
        file.write(chunk)
    file.flush()
    os.fsync(file.fileno())
    return digest.hexdigest(), size_bytes


def no_removal() -> AbstractContextManager[None]:
    """Nothing is removed during the block: hold it from `Blob.keep` to the commit of its row."""
    return _lock(fcntl.LOCK_SH)


def removal() -> AbstractContextManager[None]:
    """Nothing is kept during the block: hold it from looking for users to `remove`."""
    return _lock(fcntl.LOCK_EX)


@contextmanager
def _lock(mode: int) -> Iterator[None]:
    folder = _root()
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("wb") as file:
        fcntl.flock(file, mode)
        yield


def path_of(sha256: str) -> Path:
    """Where the bytes with this hash lie (whether or not they exist)."""
    return _root() / sha256[:2] / sha256


def remove(sha256: str) -> bool:
    """Delete the bytes; False when they were not there. The caller knows that none use them."""
    try:
        path_of(sha256).unlink()
    except FileNotFoundError:
        return False
    return True


def remove_abandoned() -> None:
    """Delete what uploads that were killed left behind a day ago."""
    before = time.time() - ABANDONED_AFTER_S
    for path in _root().glob(f"{INCOMING}*"):
        with suppress(FileNotFoundError):
            if path.stat().st_mtime < before:
                path.unlink()


def _root() -> Path:
    return config.load().originals_dir
