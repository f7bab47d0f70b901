"""Which stored files are still needed, and letting go of the others."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from django.db.models import Q, QuerySet

from apps.core import clock
from apps.knowledge import blob_users, blobs
from apps.knowledge.blob_locks import AT_ONCE
from apps.knowledge.models import Version, VersionState
from ingest import jobs
from ingest.loaders.protocol import LoadError
from ingest.models import Job, JobState

NEEDED = Q(state__in=[VersionState.PENDING, VersionState.LIVE]) | Q(
    state=VersionState.SUPERSEDED, is_history_kept=True
)
_AT_ONCE = 400  # names in one query
_OVER = [JobState.DONE, JobState.CANCELLED]


@dataclass(slots=True)
class Stored:
    """What becomes of bytes that were stored: they go again unless they are needed."""

    is_needed: bool = False


@contextmanager
def stored(blob: blobs.Blob) -> Iterator[Stored]:
    """The bytes are stored before the block's transaction: they may be many, the store far away.

    They stay if the block says that they are needed and ends well. Raises Retryable.
    """
    stored, is_committed = Stored(), False
    try:
        with blobs.no_removal(blob.sha256):
            blob.keep()
            yield stored
        is_committed = True
    finally:
        if not (is_committed and stored.is_needed):
            release([blob.sha256])


def release(hashes: Iterable[str], *, after: Job | None = None) -> int:
    """Remove those files that no version and no job needs; returns how many.

    `after` is a job that still runs but is through with its file.
    """
    wanted, removed = sorted(set(hashes)), 0
    for at in range(0, len(wanted), AT_ONCE):
        some = set(wanted[at : at + AT_ONCE])
        with blobs.removal(some):
            removed += sum(blobs.remove(sha256) for sha256 in unused(some, after=after))
    return removed


def unused(hashes: set[str], *, after: Job | None = None) -> set[str]:
    """Those that no version and no job needs. Hold `blobs.removal` until they are removed."""
    return hashes - _in_use(hashes, after)


def are_worked_on(version_ids: Sequence[int]) -> bool:
    """Whether a worker that is alive has the text of one of these versions in its hands."""
    return _under_way(Job.objects.filter(version__in=version_ids)).exists()


def is_taking_in(collection_uuid: UUID) -> bool:
    """Whether a worker that is alive is at an import or archive of this collection."""
    return _under_way(Job.objects.filter(collection__uuid=collection_uuid)).exists()


def unused_of(hashes: Iterable[str]) -> set[str]:
    """Those of the files that no version and no job needs."""
    wanted = sorted(hashes)
    parts = [set(wanted[at : at + _AT_ONCE]) for at in range(0, len(wanted), _AT_ONCE)]
    return {name for part in parts for name in part - _in_use(part, None)}


@contextmanager
def original_of(sha256: str) -> Iterator[Path]:
    """A file with the original for the block. Raises LoadError (`original_lost`), Retryable."""
    with ExitStack() as held:
        try:
            path = held.enter_context(blobs.at_hand(sha256))
        except FileNotFoundError:
            raise LoadError(
                "original_lost", "The original is gone. Upload the document again."
            ) from None
        yield path


def is_through(job: Job) -> bool:
    """Whether an import or archive had let go of its file already, and then was killed."""
    return job.children.exists() and not blobs.exists(job.payload["blob"])


def forget_source(job_uuid: UUID) -> set[str]:
    """What an import or archive says of its lines and members; returns the file it held."""
    return _forget(Job.objects.filter(uuid=job_uuid))


def forget_jobs_of(collection_uuid: UUID) -> set[str]:
    """Cancel the imports and archives of a deleted collection; returns the files they held.

    None of them may be worked on.
    """
    return _forget(Job.objects.filter(collection__uuid=collection_uuid))


def _forget(held: QuerySet[Job]) -> set[str]:
    jobs.cancel(list(held.exclude(state__in=_OVER).values_list("id", flat=True)))
    packed = held.exclude(kind=Job.Kind.INGEST)
    hashes = {payload["blob"] for payload in packed.values_list("payload", flat=True) if payload}
    packed.update(payload={}, error_message="")
    return hashes


def _under_way(found: QuerySet[Job]) -> QuerySet[Job]:
    """A worker that fell silent has lost its lease, and finds its version dead if it wakes."""
    return found.filter(state=JobState.RUNNING, lease_until__gte=clock.now())


def _in_use(hashes: set[str], after: Job | None) -> set[str]:
    versions = Version.objects.filter(NEEDED, content_sha256__in=hashes, has_blob=True)
    open_jobs = Job.objects.filter(payload__blob__in=list(hashes)).exclude(state__in=_OVER)
    if after is not None:
        open_jobs = open_jobs.exclude(pk=after.pk)
    return {
        *versions.values_list("content_sha256", flat=True),
        *open_jobs.values_list("payload__blob", flat=True),
        *blob_users.in_use(hashes),
    }
