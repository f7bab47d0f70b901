"""Bringing originals from `storage.originals_also` to `storage.originals`, one after the other."""

import hashlib
import os
from collections.abc import Callable
from dataclasses import dataclass, field

from apps.core.errors import Conflict
from apps.knowledge import blob_places
from apps.knowledge.blob_locks import no_removal, removal
from apps.knowledge.blob_stores import aside
from apps.knowledge.blob_stores.protocol import BlobStore

PARTS = tuple(f"{number:02x}" for number in range(256))
Report = Callable[[str, int, int], None]


@dataclass(slots=True)
class Moved:
    """What was done. `damaged`: not the bytes that the hash names; they stay where they were."""

    originals: int = 0
    size_bytes: int = 0
    damaged: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Held:
    """How much a place holds."""

    address: str
    originals: int
    size_bytes: int


def originals_move(report: Report) -> Moved:
    """Store each original in the first place, read it back, then remove it from the second.

    `report` is told (what, done, all), in parts of 256. Killed anywhere it goes on where it was;
    documents can be read, sent and deleted meanwhile. Raises Conflict without a second place, or
    where both are the same; Retryable.
    """
    target, source = blob_places.places()
    if source is None:
        raise Conflict(
            "Nothing to move. Set storage.originals_also to where the originals are, and "
            "storage.originals to where they shall be."
        )
    blob_places.required()
    if target.identity() == source.identity():
        raise Conflict("storage.originals and storage.originals_also are the same place.")
    moved = Moved()
    for done, part in enumerate(PARTS, start=1):
        for sha256 in sorted(source.names(part)):
            _move(sha256, source, target, moved)
        report("originals", done, len(PARTS))
    return moved


def originals_held() -> list[Held]:
    """What lies in the configured places, the first first. Looks at every name."""
    first, second = blob_places.places()
    return [_held(place) for place in ([first] if second is None else [first, second])]


def _move(sha256: str, source: BlobStore, target: BlobStore, moved: Moved) -> None:
    """A deletion that comes in between wins: then there is nothing to move, or it takes both."""
    with no_removal(sha256):
        if not _is_there(sha256, target):
            try:
                is_whole = _copied(sha256, source, target)
            except FileNotFoundError:
                return
            if not is_whole:
                moved.damaged.append(sha256)
                return
        size_bytes = target.size_of(sha256) or 0
    with removal([sha256]):
        if target.size_of(sha256) is not None:
            source.remove(sha256)
            moved.originals += 1
            moved.size_bytes += size_bytes


def _copied(sha256: str, source: BlobStore, target: BlobStore) -> bool:
    with aside.temporary(target.aside()) as (file, path):
        digest = hashlib.sha256()
        for block in source.read(sha256):
            digest.update(block)
            file.write(block)
        file.flush()
        os.fsync(file.fileno())
        if digest.hexdigest() != sha256:
            return False
        target.keep(sha256, path)
    return _is_there(sha256, target)


def _is_there(sha256: str, place: BlobStore) -> bool:
    """Read back: the bytes, not the name."""
    digest = hashlib.sha256()
    try:
        for block in place.read(sha256):
            digest.update(block)
    except FileNotFoundError:
        return False
    return digest.hexdigest() == sha256


def _held(place: BlobStore) -> Held:
    count = size_bytes = 0
    for part in PARTS:
        for sha256 in place.names(part):
            count += 1
            size_bytes += place.size_of(sha256) or 0
    return Held(place.address, count, size_bytes)
