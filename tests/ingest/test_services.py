"""Taking documents in: what is new, what is refused, what replaces what."""

import hashlib

import pytest

from apps.core import config
from apps.core.errors import Conflict, Forbidden, Invalid, NotFound, Unsupported
from apps.knowledge import blobs
from apps.knowledge.models import Chunk, Document, VersionState
from apps.retrieval.models import Vector
from ingest import runner, services
from ingest.models import Job, JobState
from ingest.selectors import status_of
from ingest.submissions import OnConflict, TextUpload, Upload, clean_path
from tests.factories import UserFactory, VersionFactory

pytestmark = pytest.mark.django_db(transaction=True)


def submit(collection, by, text, path="notes/tea.md", **kwargs):
    upload = Upload(path=path, content=[text if isinstance(text, bytes) else text.encode()])
    return services.document_submit(collection=collection, upload=upload, by=by, **kwargs)


def push(collection, by, text, path="tea", **kwargs):
    upload = TextUpload(path=path, text=text, title="Tea")
    return services.text_submit(collection=collection, text=upload, by=by, **kwargs)


def test_an_upload_becomes_a_live_document_with_exact_spans(collection, writer):
    submitted = submit(collection, writer, "# Tea\n\nGreen tea is brewed at 80 degrees.\n\n茶水。")

    runner.drain()

    version = submitted.document.versions.get()
    assert version.state == VersionState.LIVE
    text = "\f".join(page.text for page in version.pages.all())
    for chunk in version.chunks.all():
        assert text[chunk.start : chunk.end] == chunk.text


def test_every_chunk_has_a_vector_once_it_is_live(collection, writer):
    submit(collection, writer, "Green tea is brewed at 80 degrees.")

    runner.drain()

    hashes = set(Chunk.objects.values_list("text_sha256", flat=True))
    assert hashes == set(Vector.objects.values_list("text_sha256", flat=True))


def test_the_same_bytes_at_the_same_path_change_nothing(collection, writer):
    first = submit(collection, writer, "Tea.")
    runner.drain()

    again = submit(collection, writer, "Tea.")

    assert (again.version, again.is_new) == (first.version, False)
    assert again.job.state == JobState.DONE


def test_changed_bytes_replace_the_old_version_and_only_new_chunks_are_embedded(collection, writer):
    first = push(collection, writer, "Green tea is good.")
    runner.drain()
    before = set(Vector.objects.values_list("pk", flat=True))

    push(collection, writer, "Green tea is good.", path="copy")
    runner.drain()

    assert set(Vector.objects.values_list("pk", flat=True)) == before
    assert first.document.versions.get().state == VersionState.LIVE


def test_a_new_version_is_live_and_the_old_one_is_not(collection, writer):
    push(collection, writer, "Old tea.")
    runner.drain()

    document = push(collection, writer, "New tea.").document
    runner.drain()

    states = dict(document.versions.values_list("number", "state"))
    assert states == {1: VersionState.SUPERSEDED, 2: VersionState.LIVE}


def test_skip_leaves_what_is_there(collection, writer):
    push(collection, writer, "Old tea.")

    skipped = push(collection, writer, "New tea.", on_conflict=OnConflict.SKIP)

    assert not skipped.is_new
    assert skipped.document.versions.count() == 1


def test_a_version_overtaken_before_it_was_read_is_cancelled(collection, writer):
    old = submit(collection, writer, "Old tea.")

    new = submit(collection, writer, "New tea.")
    runner.drain()

    old.job.refresh_from_db()
    assert old.job.state == JobState.CANCELLED
    assert new.document.versions.filter(state=VersionState.LIVE).get() == new.version


def test_content_that_is_no_readable_format_is_refused_and_not_kept(collection, writer):
    data = b"\x7fELF\x02\x01\x01" + bytes(200)

    with pytest.raises(Unsupported):
        submit(collection, writer, data, path="report.pdf")

    assert not Document.objects.exists()
    assert not blobs.exists(hashlib.sha256(data).hexdigest())
    assert data not in [f.read_bytes() for f in config.load().data_dir.rglob(".incoming-*")]


def test_only_a_writer_may_add_documents(collection):
    reader, outsider = UserFactory.create_batch(2)
    collection.grants.create(user=reader)

    with pytest.raises(Forbidden):
        push(collection, reader, "Tea.")
    with pytest.raises(NotFound):
        push(collection, outsider, "Tea.")


def test_a_document_without_text_fails_with_a_reason_and_can_be_retried(collection, writer):
    submitted = submit(collection, writer, "   \n\n  ", path="blank.txt")
    runner.drain()
    submitted.document.refresh_from_db()

    status = status_of(submitted.document)

    assert (status.status, status.error.code) == ("failed", "empty")
    assert services.job_retry(job=status.job, by=writer).state == JobState.QUEUED


def test_a_finished_job_cannot_be_retried(collection, writer):
    job = push(collection, writer, "Tea.").job
    runner.drain()

    with pytest.raises(Conflict):
        services.job_retry(job=job, by=writer)


def test_a_job_of_a_dead_worker_is_finished_by_another(collection, writer, settings):
    from ingest import jobs
    from ingest.models import JobStage

    submitted = push(collection, writer, "Tea.")
    jobs.claim(JobStage.EMBED)
    Job.objects.update(lease_until="2020-01-01T00:00:00Z")

    runner.drain()

    submitted.version.refresh_from_db()
    assert submitted.version.state == VersionState.LIVE


@pytest.mark.parametrize(
    ("given", "stored"),
    [
        ("/a/../b.md", "a/b.md"),
        ("C:\\x\\y.txt", "C:/x/y.txt"),
        ("政策/差旅\x00.md", "政策/差旅.md"),
    ],
)
def test_paths_are_stored_clean(given, stored):
    assert clean_path(given) == stored


@pytest.mark.parametrize("path", ["", "/", "..", "\x00", "x" * 1001])
def test_a_path_of_which_nothing_is_left_is_refused(path):
    with pytest.raises(Invalid):
        clean_path(path)


def test_the_database_is_not_locked_while_a_file_is_being_read():
    from django.db import connection

    from ingest import pages
    from ingest.loaders.protocol import ParsedPage

    version = VersionFactory(published=False)
    locked = []

    def slowly():
        locked.append(connection.in_atomic_block)
        yield ParsedPage(number=1, text="Tea.")

    pages.store(version, slowly(), title="T")

    assert locked == [False]
