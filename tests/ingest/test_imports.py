"""Bulk import of NDJSON lines."""

import json

import pytest

from apps.knowledge import blobs
from apps.knowledge.deletion import collection_delete
from apps.knowledge.models import Document, Version, VersionState
from ingest import imports, runner, services
from ingest.models import Job, JobStage, JobState
from ingest.selectors import job_status_of
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db(transaction=True)
LINE = b'{"id": "a", "text": "Good."}\n'


def send(collection, by, *rows, **kwargs):
    lines = [(r if isinstance(r, str) else json.dumps(r)).encode() + b"\n" for r in rows]
    job = services.import_submit(collection=collection, lines=lines, by=by, **kwargs)
    runner.drain()
    job.refresh_from_db()
    return job


def test_each_line_becomes_a_live_document(collection, writer):
    rows = [{"id": f"d{n}", "title": f"T{n}", "text": f"Text number {n}."} for n in range(450)]

    job = send(collection, writer, *rows)

    assert job_status_of(job).state == JobState.DONE
    assert Version.objects.filter(state=VersionState.LIVE).count() == 450


def test_bad_lines_are_listed_with_their_reason_and_the_rest_is_taken(collection, writer):
    job = send(collection, writer, {"id": "a", "text": "Good."}, "{", {"id": "b"}, '["x"]')

    status = job_status_of(job)

    assert (status.state, status.done, status.failed) == (JobState.DONE, 1, 3)
    assert [problem["where"] for problem in status.problems] == ["line 2", "line 3", "line 4"]


def test_an_import_of_which_nothing_can_be_taken_fails_with_the_reason(collection, writer):
    job = send(collection, writer, "not json")

    assert (job.state, job.error_code) == (JobState.FAILED, "nothing_readable")


def test_importing_again_changes_only_what_changed(collection, writer):
    send(collection, writer, {"id": "a", "text": "One."}, {"id": "b", "text": "Two."})

    send(collection, writer, {"id": "a", "text": "One."}, {"id": "b", "text": "Two, new."})

    numbers = {d.path: d.versions.count() for d in Document.objects.all()}
    assert numbers == {"a": 1, "b": 2}


def test_an_import_killed_between_batches_goes_on_where_it_was(collection, writer, monkeypatch):
    monkeypatch.setattr(imports, "BATCH_LINES", 2)
    original, calls = imports._take, []

    def dies_once(*args):
        calls.append(1)
        if len(calls) == 2:
            raise SystemExit
        original(*args)

    monkeypatch.setattr(imports, "_take", dies_once)
    rows = [{"id": f"d{n}", "text": f"Text {n}."} for n in range(5)]
    with pytest.raises(SystemExit):
        send(collection, writer, *rows)

    runner.drain()

    assert Document.objects.count() == 5
    assert Job.objects.get(kind=Job.Kind.IMPORT).done_count == 5


def test_a_repeated_id_in_one_file_keeps_the_last(collection, writer):
    send(collection, writer, {"id": "a", "text": "First."}, {"id": "a", "text": "Last."})

    document = Document.objects.get()
    assert document.latest_version.pages.get().text == "Last."


def test_an_import_into_a_deleted_collection_takes_nothing_in(collection, writer):
    job = services.import_submit(collection=collection, lines=[LINE], by=writer)
    collection_delete(collection=collection, by=UserFactory(is_superuser=True))

    runner.drain()

    job.refresh_from_db()
    assert (job.state, job.error_code) == (JobState.FAILED, "not_found")
    assert not Document.objects.exists()


def test_an_import_of_a_writer_whose_grant_was_taken_back_takes_nothing_in(collection, writer):
    job = services.import_submit(collection=collection, lines=[LINE], by=writer)
    collection.grants.all().delete()

    runner.drain()

    job.refresh_from_db()
    assert job.state == JobState.FAILED
    assert not Document.objects.exists()


@pytest.mark.parametrize(
    "line",
    ['{"id": "b", "text": "\\ud800"}', '{"id": "b", "text": "x", "metadata": {"a": NaN}}',
     '{"id": "b", "text": "x", "metadata": {"a": "\\u0000"}}'],
)  # fmt: skip
def test_a_line_that_cannot_be_stored_does_not_hurt_the_others(collection, writer, line):
    job = send(collection, writer, {"id": "a", "text": "Good."}, line)

    assert (job_status_of(job).done, job_status_of(job).failed) == (1, 1)


def test_an_address_that_a_browser_would_run_is_dropped(collection, writer):
    send(collection, writer, {"id": "a", "text": "Good.", "url": "javascript:alert(1)"})

    assert Document.objects.get().url == ""


def test_the_file_of_an_import_goes_when_it_is_done(collection, writer):
    job = send(collection, writer, {"id": "a", "text": "Good."})

    assert not blobs.exists(job.payload["blob"])


def test_importing_unchanged_lines_again_takes_few_queries(
    collection, writer, django_assert_max_num_queries
):
    rows = [{"id": f"d{n}", "text": f"Text {n}."} for n in range(100)]
    send(collection, writer, *rows)

    with django_assert_max_num_queries(60):
        send(collection, writer, *rows)


def test_an_import_killed_after_it_let_go_of_its_file_is_done(collection, writer):
    job = send(collection, writer, {"id": "a", "text": "Good."})
    Job.objects.filter(pk=job.pk).update(
        state=JobState.RUNNING, stage=JobStage.PARSE, lease_until="2020-01-01T00:00:00Z"
    )

    runner.drain()

    job.refresh_from_db()
    assert job.state == JobState.DONE
