"""An archive whose worker dies goes on where it was: what was deleted since does not come back."""

import io
import zipfile

import pytest

from apps.core.errors import Conflict
from apps.knowledge.deletion import document_delete
from apps.knowledge.models import Document
from apps.ops import erasure
from ingest import archive_jobs, imports, jobs, runner, services
from ingest.models import Job, JobStage, JobState
from ingest.sources import source_delete
from ingest.submissions import Upload

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def archive(collection, writer):
    """The job of a zip with three texts: a.txt, b.txt, c.txt."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as file:
        for name in "abc":
            file.writestr(f"{name}.txt", f"The text of {name}.")
    upload = Upload(path="three.zip", content=[packed.getvalue()])
    return services.document_submit(collection=collection, upload=upload, by=writer).job


@pytest.fixture
def killed(archive, monkeypatch):
    """The archive's worker died while it was at the second member."""
    submit = archive_jobs._submit

    def dies_at_b(job, member):
        if member.path == "b.txt":
            raise SystemExit
        submit(job, member)

    with monkeypatch.context() as patched:
        patched.setattr(archive_jobs, "_submit", dies_at_b)
        with pytest.raises(SystemExit):
            runner.drain()
    return archive


def live_paths():
    return sorted(Document.objects.filter(deleted_at=None).values_list("path", flat=True))


def test_a_document_deleted_after_its_archive_was_cut_short_stays_deleted(killed, writer):
    document_delete(document=Document.objects.get(path="a.txt"), by=writer)

    runner.drain()

    assert live_paths() == ["b.txt", "c.txt"]
    killed.refresh_from_db()
    assert (killed.state, killed.done_count, killed.total_count) == (JobState.DONE, 3, 3)


def test_a_worker_that_lost_its_archive_takes_nothing_more_in(archive, writer):
    (stale,) = jobs.claim(JobStage.PARSE)
    Job.objects.filter(pk=archive.pk).update(state=JobState.QUEUED, lease_until=None)
    source_delete(job=archive, by=writer)

    with jobs.recording_outcome([stale]):
        archive_jobs.run(stale)

    archive.refresh_from_db()
    assert (archive.state, live_paths()) == (JobState.CANCELLED, [])


def test_a_worker_that_lost_its_import_takes_nothing_more_in(collection, writer):
    lines = [b'{"id": "a", "text": "The text of a."}\n']
    job = services.import_submit(collection=collection, lines=lines, by=writer)
    (stale,) = jobs.claim(JobStage.PARSE)
    Job.objects.filter(pk=job.pk).update(state=JobState.QUEUED, lease_until=None)
    source_delete(job=job, by=writer)

    with jobs.recording_outcome([stale]):
        imports.run(stale)

    job.refresh_from_db()
    assert (job.state, live_paths()) == (JobState.CANCELLED, [])


@pytest.mark.parametrize("is_purged", [False, True])
def test_a_source_that_was_deleted_is_not_retried(killed, writer, is_purged):
    source_delete(job=killed, by=writer)
    if is_purged:
        erasure.purge()

    with pytest.raises(Conflict):
        services.job_retry(job=killed, by=writer)
