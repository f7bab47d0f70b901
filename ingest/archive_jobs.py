"""Taking a zip apart: each member becomes a document of its own."""

from itertools import islice

from apps.core.errors import ClawdbotError, Retryable
from ingest import jobs, originals, services
from ingest.archives import ArchiveMember, members
from ingest.loaders.protocol import LoadError
from ingest.models import Job
from ingest.problems import Problems
from ingest.submissions import OnConflict, Upload


def run(job: Job) -> None:
    """Submit every member; what cannot be taken is listed in the job with its reason.

    Killed half-way it goes on after the last member: what was deleted since must not come back.
    Raises LoadError when the archive cannot be opened or holds nothing that can be read, or when
    another worker has it.
    """
    if job.created_by is None:
        raise LoadError("no_user", "Whoever sent this archive has left. Upload it again.")
    if originals.is_through(job):
        return
    at, problems = _reached(job)
    taken = at - problems.count
    with originals.original_of(job.payload["blob"]) as path:
        for number, member in islice(enumerate(members(path), start=1), at, None):
            jobs.require_held(job)
            try:
                _submit(job, member)
                taken += 1
            except Retryable:
                raise
            except (ClawdbotError, LoadError) as error:
                problems.add(where=member.path, code=error.code, message=error.message)
            _checkpoint(job, number, problems)
            jobs.progress(job, 0.5, done=number)
    _finish(job, taken, problems)


def _submit(job: Job, member: ArchiveMember) -> None:
    by = job.created_by
    if by is None:
        return
    submitted = services.document_submit(
        collection=job.collection,
        upload=Upload(path=member.path, content=member.read()),
        by=by,
        on_conflict=OnConflict(job.payload["on_conflict"]),
    )
    if submitted.job:
        Job.objects.filter(pk=submitted.job.pk).update(parent=job)


def _reached(job: Job) -> tuple[int, Problems]:
    """How many members are through, and what was wrong with them."""
    if not (at := job.payload.get("members", 0)):
        return 0, Problems()
    return at, Problems(listed=job.payload["problems"], count=job.payload["problem_count"])


def _checkpoint(job: Job, number: int, problems: Problems) -> None:
    job.payload = {
        **job.payload,
        "members": number,
        "problems": problems.listed,
        "problem_count": problems.count,
    }
    Job.objects.filter(pk=job.pk).update(payload=job.payload)


def _finish(job: Job, taken: int, problems: Problems) -> None:
    Job.objects.filter(pk=job.pk).update(total_count=taken + problems.count, done_count=taken)
    if not taken:
        _checkpoint(job, 0, problems)  # a retry begins afresh
        reason = problems.listed[0]["message"] if problems.listed else "It holds no files."
        raise LoadError("nothing_readable", f"Nothing in this archive could be taken in. {reason}")
    originals.release([job.payload["blob"]], after=job)
