"""Failed jobs that somebody wants tried again."""

from uuid import UUID

from django.db.models import F
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.core.errors import Conflict, NotFound
from apps.knowledge.access import Scope
from apps.knowledge.models import Collection
from ingest.models import Job, JobState
from ingest.selectors import jobs_of
from ingest.services import job_retry

AT_ONCE = 1000


def job_get(uuid: str, *, scope: Scope) -> Job:
    """The job by its uuid. Raises NotFound, also when it lies outside the scope."""
    jobs = jobs_of(scope)
    try:
        return jobs.select_related("collection").get(uuid=UUID(uuid))
    except (ValueError, Job.DoesNotExist):
        raise NotFound(_("There is no such job, or you may not see it.")) from None


def collection_retry(collection: Collection, *, by: User) -> int:
    """Try all documents again whose newest version failed, AT_ONCE at most; returns how many."""
    failed = (
        jobs_of(Scope.of(by))
        .filter(
            collection=collection,
            state__in=[JobState.FAILED, JobState.CANCELLED],
            version__document__latest_version_id=F("version_id"),
            version__document__deleted_at=None,
        )
        .select_related("collection")
    )
    retried = 0
    for job in failed.order_by("waiting_since", "id")[:AT_ONCE]:
        try:
            job_retry(job=job, by=by)
        except Conflict:  # somebody else was faster
            continue
        retried += 1
    return retried
