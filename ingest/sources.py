"""Deleting what came from one source: an import, an archive, an upload."""

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext

from apps.accounts.models import User
from apps.core.errors import Conflict
from apps.knowledge import access, deletion
from apps.knowledge.models import Erasure, Permission, Version
from ingest import jobs
from ingest.models import Job, JobState


@transaction.atomic
def source_delete(*, job: Job, by: User) -> Erasure:
    """Delete every version that came with this job, as one; see `deletion.source_delete`.

    A document that was replaced since by other bytes keeps those. What waits is cancelled. Raises
    NotFound or Forbidden (the collection), Conflict while the job is worked on.
    """
    access.require(by, Permission.WRITE, job.collection)
    state = Job.objects.select_for_update().values_list("state", flat=True).get(pk=job.pk)
    if state == JobState.RUNNING:
        raise Conflict(gettext("This is still being read. Delete it when that is over."))
    jobs.cancel([job.pk])
    came = Version.objects.filter(Q(job=job.pk) | Q(job__parent=job.pk))
    return deletion.source_delete(
        source=job.uuid,
        version_ids=list(came.values_list("pk", flat=True)),
        collection=job.collection,
        by=by,
    )
