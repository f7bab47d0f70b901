"""Originals into a backup and out of it: pieces under names that their hash gives.

A list of originals: 40 bytes each, SHA-256 and size (big-endian), ascending. Lists are cut by the
first digits of the hash, so that a new original changes one of many.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import groupby

from django.db import connection

from apps.knowledge import blob_places, blobs
from apps.knowledge.models import Version
from apps.knowledge.models.originals import OriginalsPlace
from apps.ops.backups.deposit import Deposit
from apps.ops.backups.refusals import BackupDamaged
from apps.ops.backups.repository import Repository
from ingest import originals
from ingest.models import Job, JobState

PIECE_BYTES = 4 * 2**20
ENTRY_BYTES = 40
LIST_ENTRIES = 256  # wanted in a list
OVER = [JobState.DONE, JobState.CANCELLED]
Report = Callable[[str, int, int], None]


@dataclass(slots=True)
class Copied:
    """SHA-256 -> size in bytes of what is in the backup; what could not be read."""

    sizes: dict[str, int] = field(default_factory=dict)
    lost: set[str] = field(default_factory=set)


def originals_needed() -> dict[str, int | None]:
    """SHA-256 of every file that a version or an open job needs -> its size in bytes, where a row
    tells."""
    versions = Version.objects.filter(
        originals.NEEDED, has_blob=True, document__collection__deleted_at=None
    )
    packed = Job.objects.exclude(kind=Job.Kind.INGEST).exclude(state__in=OVER)
    files = {payload.get("blob") for payload in packed.values_list("payload", flat=True)}
    sizes = versions.order_by().values_list("content_sha256", "size_bytes").distinct()
    return {one: None for one in files if one} | dict(sizes.iterator(chunk_size=5000))


def originals_copy(
    wanted: Mapping[str, int | None], deposit: Deposit, copied: Copied, report: Report
) -> None:
    """Store what is not stored yet; what is, nobody asks for here: it may be far away. One that is
    neither there nor here, or here not what its name says, is `lost`."""
    waiting = sorted(wanted.keys() - copied.sizes.keys())
    copied.lost -= wanted.keys()
    for done, sha256 in enumerate(waiting):
        report("originals", done, len(waiting))
        size_bytes = wanted[sha256]
        if size_bytes is None or not _is_held(deposit, sha256, size_bytes):
            with suppress(FileNotFoundError):  # purged while it was read: nobody needs it
                size_bytes = None
                size_bytes = _stored(deposit, sha256)
        if size_bytes is None:
            copied.lost.add(sha256)
        else:
            copied.sizes[sha256] = size_bytes


def _is_held(deposit: Deposit, sha256: str, size_bytes: int) -> bool:
    return deposit.held.issuperset(piece_names(deposit.repository, sha256, size_bytes))


def _stored(deposit: Deposit, sha256: str) -> int | None:
    """The size of the original, once it is on its way into the backup; None when it is lost."""
    size_bytes = blob_places.store().size_of(sha256)
    if size_bytes is None:
        return None
    if not _is_held(deposit, sha256, size_bytes):
        if _hash_of(sha256) != sha256:
            return None
        names = piece_names(deposit.repository, sha256, size_bytes)
        for name, piece in zip(names, _pieces(sha256), strict=True):
            deposit.keep_as(name, piece)
    return size_bytes


def piece_names(repository: Repository, sha256: str, size_bytes: int) -> list[str]:
    """The names of the pieces of an original, in their order; at least one."""
    count = max(1, -(-size_bytes // PIECE_BYTES))
    name = repository.sealer.name
    return [name("original", f"{sha256}:{number}".encode()) for number in range(count)]


def lists_keep(sizes: Mapping[str, int], deposit: Deposit) -> list[str]:
    """Store the lists; returns their names."""
    digits = 0
    while len(sizes) > LIST_ENTRIES * 16**digits:
        digits += 1
    entries = sorted(sizes.items())
    return [
        deposit.keep("originals", b"".join(_entry(*one) for one in some))
        for _, some in groupby(entries, key=lambda one: one[0][:digits])
    ]


def listed(repository: Repository, lists: Sequence[str]) -> Iterator[tuple[str, int]]:
    """Every original of a snapshot: SHA-256, size in bytes. Raises BackupDamaged."""
    for name in lists:
        content = repository.get(name)
        for at in range(0, len(content), ENTRY_BYTES):
            entry = content[at : at + ENTRY_BYTES]
            yield entry[:32].hex(), int.from_bytes(entry[32:], "big")


def original_bytes(repository: Repository, sha256: str, size_bytes: int) -> Iterator[bytes]:
    """The pieces of an original. Raises BackupDamaged, at the end when it is another file."""
    digest = hashlib.sha256()
    for name in piece_names(repository, sha256, size_bytes):
        piece = repository.get(name)
        digest.update(piece)
        yield piece
    if digest.hexdigest() != sha256:
        raise BackupDamaged(f"The original {sha256} in the backups is damaged.")


def original_keep(sha256: str, pieces: Iterator[bytes]) -> None:
    """Put an original back. Raises Retryable (no room, no place for originals), BackupDamaged."""
    with blobs.incoming(pieces, is_limited=False) as blob, blobs.no_removal(sha256):
        if blob.sha256 != sha256:
            raise BackupDamaged(f"The original {sha256} in the backups is damaged.")
        blob.keep()


def is_kept(sha256: str, size_bytes: int) -> bool:
    """Whether the installation has it."""
    return blobs.size_of(sha256) == size_bytes


def is_sound(sha256: str) -> bool:
    """Whether the installation has it, and it is what its name says."""
    return blobs.exists(sha256) and _hash_of(sha256) == sha256


def place_check() -> None:
    """Raises Retryable when the originals' place is not the one that the database means: all of
    them would seem lost. A database of before places had names has none to compare."""
    if OriginalsPlace._meta.db_table in connection.introspection.table_names():
        blob_places.required()


def _hash_of(sha256: str) -> str:
    digest = hashlib.sha256()
    for piece in _pieces(sha256):
        digest.update(piece)
    return digest.hexdigest()


def _pieces(sha256: str) -> Iterator[bytes]:
    at, piece = 0, b"".join(blobs.read(sha256, 0, PIECE_BYTES))
    yield piece
    while len(piece) == PIECE_BYTES:
        at += PIECE_BYTES
        if piece := b"".join(blobs.read(sha256, at, PIECE_BYTES)):
            yield piece


def _entry(sha256: str, size_bytes: int) -> bytes:
    return bytes.fromhex(sha256) + size_bytes.to_bytes(8, "big")
