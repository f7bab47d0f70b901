"""The stored originals compared with the versions and jobs that need them."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field

from django.db.models import Exists, OuterRef

from apps.knowledge import blobs
from apps.knowledge.blob_locks import AT_ONCE
from apps.knowledge.models import Chunk, Erasure, Version, VersionState
from apps.retrieval.verifying.findings import Drift, Findings, Place, Progress
from ingest import originals

PARTS = tuple(f"{number:02x}" for number in range(256))
UPLOAD_AGAIN = "upload it again"
_AWAITING_PURGE = [VersionState.DEAD, VersionState.SUPERSEDED]


@dataclass(slots=True)
class OriginalSuspects:
    """Hashes of files that nobody needs: a repair removes them. Lost ones nobody can bring back."""

    unused: set[str] = field(default_factory=set)


def compare_originals(
    findings: Findings,
    progress: Progress,
    *,
    is_hashed: Callable[[str], bool] = lambda part: True,
) -> OriginalSuspects:
    """Note the originals that are missing, are not what was uploaded, or are nobody's.

    Goes through the folders 00..ff one by one: memory for one of them. `is_hashed` says in which
    the content is read and compared with the hash that names it; in the others its size is.
    """
    suspects = OriginalSuspects()
    for done, part in enumerate(PARTS, start=1):
        there = set(blobs.names(part))
        _note_lost(part, is_hashed(part), findings)
        unused = _unused_of(there)
        findings.add(Place.ORIGINALS, Drift.ORPHAN, (f"original {name}" for name in sorted(unused)))
        suspects.unused |= unused
        progress("originals", done, len(PARTS))
    return suspects


def _note_lost(part: str, is_hashed: bool, findings: Findings) -> None:
    wanted = Version.objects.filter(
        originals.NEEDED,
        has_blob=True,
        content_sha256__startswith=part,
        document__collection__deleted_at=None,  # a pack that comes in stores rows before files
    ).order_by("content_sha256")
    last, state = "", None
    rows = wanted.values_list("content_sha256", "size_bytes", "document__path", "pk")
    for sha256, size_bytes, path, version_id in rows.iterator(chunk_size=1000):
        if sha256 != last:  # the same bytes at several paths are read once
            last, state = sha256, _state_of(sha256, size_bytes, is_hashed=is_hashed)
        if state and _is_needed(version_id):
            findings.add(Place.ORIGINALS, state, [f"{path!r}: {UPLOAD_AGAIN}"])


def _state_of(sha256: str, size_bytes: int, *, is_hashed: bool) -> Drift | None:
    try:
        there = blobs.size_of(sha256)
        if there is None:
            return Drift.MISSING
        if there != size_bytes:
            return Drift.CORRUPT
        return Drift.CORRUPT if is_hashed and _sha256_of(sha256) != sha256 else None
    except FileNotFoundError:
        return Drift.MISSING
    except OSError:
        return Drift.CORRUPT


def _is_needed(version_id: int) -> bool:
    """Still so: it may have been deleted, and its original with it, while we looked."""
    return Version.objects.filter(originals.NEEDED, pk=version_id).exists()


def _unused_of(names: set[str]) -> set[str]:
    """Those that nobody needs. Uploads that are being stored are waited for."""
    suspects, unused = sorted(originals.unused_of(names)), set()
    for at in range(0, len(suspects), AT_ONCE):
        some = set(suspects[at : at + AT_ONCE])
        with blobs.removal(some):
            some = originals.unused(some)
        unused |= {name for name in some - _awaiting_purge(some) if blobs.exists(name)}
    return unused


def _awaiting_purge(names: set[str]) -> set[str]:
    """Files of versions that were deleted or replaced and that the purge has not come to yet."""
    open_erasures = Erasure.objects.filter(purged_at=None)
    erased = {id_ for ids in open_erasures.values_list("version_ids", flat=True) for id_ in ids}
    kept = Chunk.objects.filter(version=OuterRef("pk"))
    gone = Version.objects.filter(
        content_sha256__in=names, has_blob=True, state__in=_AWAITING_PURGE
    ).annotate(has_chunks=Exists(kept))
    rows = gone.values_list("content_sha256", "pk", "has_chunks")
    return {sha256 for sha256, pk, has_chunks in rows if pk in erased or has_chunks}


def _sha256_of(sha256: str) -> str:
    digest = hashlib.sha256()
    for block in blobs.read(sha256):
        digest.update(block)
    return digest.hexdigest()
