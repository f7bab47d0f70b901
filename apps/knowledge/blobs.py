"""Content-addressed storage of originals, wherever `storage.originals` says they lie."""

import errno
import hashlib
import os
import shutil
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import IO

from django.utils.translation import gettext

from apps.core import config
from apps.core.errors import Retryable, TooLarge
from apps.core.sizes import parse_size
from apps.knowledge import blob_places
from apps.knowledge.blob_locks import no_removal, nothing_removed, removal
from apps.knowledge.blob_stores import aside

__all__ = [
    "Blob", "at_hand", "exists", "incoming", "names", "no_removal", "nothing_removed", "read",
    "removal", "remove", "remove_abandoned", "size_of",
]  # fmt: skip


FULL = frozenset({errno.ENOSPC, errno.EDQUOT})


@dataclass(frozen=True, slots=True)
class Blob:
    """Bytes that were written durably, aside: `keep` puts them under their hash."""

    sha256: str
    size_bytes: int
    path: Path

    def keep(self) -> None:
        """Store the bytes. The same bytes again change nothing. Call it inside `no_removal`.

        It may take a while: call it before rows are locked. Raises Retryable.
        """
        blob_places.required().keep(self.sha256, self.path)


@contextmanager
def incoming(chunks: Iterable[bytes], *, is_limited: bool = True) -> Iterator[Blob]:
    """Write the bytes aside for the block; what the block does not keep is gone after it.

    Raises TooLarge above `ingest.max_file`, if it is limited; Retryable when the disk is nearly
    full or the place of the originals is not there.
    """
    folder = blob_places.required().aside()
    _begin(folder)
    with aside.temporary(folder) as (file, path):
        sha256, size_bytes = _write(file, chunks, is_limited=is_limited)
        yield Blob(sha256=sha256, size_bytes=size_bytes, path=path)


def exists(sha256: str) -> bool:
    """Whether the bytes are there. Raises Retryable when nobody can tell."""
    return size_of(sha256) is not None


def size_of(sha256: str) -> int | None:
    """How many bytes there are; None when they are not there. Raises Retryable."""
    size_bytes = blob_places.store().size_of(sha256)
    if size_bytes is None:
        blob_places.required()
    return size_bytes


def read(sha256: str, start: int = 0, size_bytes: int | None = None) -> Iterator[bytes]:
    """The bytes from `start` on, all or so many, in blocks. Raises FileNotFoundError, Retryable.

    They come straight from where they lie: no node keeps a copy that a deletion would miss.
    """
    try:
        return blob_places.store().read(sha256, start, size_bytes)
    except FileNotFoundError:
        blob_places.required()
        raise


@contextmanager
def at_hand(sha256: str) -> Iterator[Path]:
    """A file with the bytes for the block, for those who need one: it may be a copy that goes
    with the block. Raises FileNotFoundError, Retryable."""
    path = blob_places.store().path_of(sha256)
    if path is not None and path.exists():
        yield path
        return
    blocks = read(sha256)
    _begin(aside.folder())
    with aside.temporary(aside.folder()) as (file, copy):
        for block in blocks:
            with _room():
                file.write(block)
        with _room():
            file.flush()
        yield copy


def remove(sha256: str) -> bool:
    """Delete the bytes; False when they were not there. The caller knows that none use them.

    Raises OSError and Retryable: they are still there, or nobody knows.
    """
    return blob_places.required().remove(sha256)


def names(part: str) -> Iterator[str]:
    """The hashes that begin with two hexadecimal digits. Raises Retryable."""
    return blob_places.required().names(part)


def remove_abandoned() -> None:
    """Delete what uploads that were killed left behind."""
    aside.remove_abandoned(aside.folder(), is_shared=False)
    blob_places.store().remove_abandoned()


def _begin(folder: Path) -> None:
    """Before a file is written aside: what a killed process left goes, and there must be room."""
    _clean_once()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if shutil.disk_usage(folder).free < parse_size(config.load().storage.min_free):
        raise _no_room()


def _no_room() -> Retryable:
    return Retryable(gettext("The disk is nearly full. Free some space and send the file again."))


@lru_cache(maxsize=1)
def _clean_once() -> None:
    """Whoever was killed on this node has a successor, and that is this process."""
    aside.remove_abandoned(aside.folder(), is_shared=False)


def _write(file: IO[bytes], chunks: Iterable[bytes], *, is_limited: bool) -> tuple[str, int]:
    limit = config.load().ingest.max_file
    max_bytes = parse_size(limit) if is_limited else sys.maxsize
    digest, size_bytes = hashlib.sha256(), 0
    for chunk in chunks:
        size_bytes += len(chunk)
        if size_bytes > max_bytes:
            raise TooLarge(gettext("The file is larger than %(limit)s.") % {"limit": limit})
        digest.update(chunk)
        with _room():
            file.write(chunk)
    with _room():
        file.flush()
        os.fsync(file.fileno())
    return digest.hexdigest(), size_bytes


@contextmanager
def _room() -> Iterator[None]:
    """The disk was not full when the file began: others write, too."""
    try:
        yield
    except OSError as error:
        if error.errno in FULL:
            raise _no_room() from error
        raise
