"""Following archives until all that was in them is ready."""

import time
from collections.abc import Callable, Mapping

from apps.knowledge.models import Document
from clawdbot_site.cli.progress import POLL_S, Failure, Outcome, follow, progress_line
from ingest.models import Job, JobState
from ingest.selectors import UNFINISHED, job_status_of


def follow_archives(archives: Mapping[int, str]) -> Outcome:
    """Wait for archive jobs (id -> name) and for the documents that come out of them.

    The failures are the archives that could not be opened, the members that could not be taken and
    the documents that could not be read.
    """
    with progress_line() as show:
        _wait_until_opened(archives, show)
    jobs = Job.objects.filter(pk__in=list(archives)).order_by("pk")
    failures = tuple(failure for job in jobs for failure in _refused(job, archives[job.pk]))
    documents = Document.objects.filter(versions__job__parent__in=list(archives)).distinct()
    inside = follow(list(documents.values_list("pk", flat=True)))
    return Outcome(inside.ready, failures + inside.failures, inside.unfinished)


def _wait_until_opened(archives: Mapping[int, str], show: Callable[[str], None]) -> None:
    while waiting := Job.objects.filter(UNFINISHED, pk__in=list(archives)).count():
        show(f"{len(archives) - waiting} of {len(archives)} archives opened")
        time.sleep(POLL_S)


def _refused(job: Job, name: str) -> list[Failure]:
    status = job_status_of(job)
    found = [Failure(f"{name}: {one['where']}", one["message"]) for one in status.problems]
    if unlisted := job.payload.get("problem_count", 0) - len(found):
        found.append(Failure(name, f"{unlisted} more files could not be taken."))
    if status.error:
        found.append(Failure(name, status.error.message))
    elif job.state == JobState.CANCELLED:
        found.append(Failure(name, "It was cancelled."))
    return found
