"""Deleting single versions, and what came from one source."""

import pytest

from apps.core.errors import Conflict, Forbidden, NotFound
from apps.knowledge.access import Scope, chunks_of, versions_of
from apps.knowledge.deletion import document_delete, version_delete
from apps.knowledge.models import Document, Erasure, Permission, Version, VersionState
from apps.ops import erasure
from ingest import runner, services
from ingest.models import Job, JobState
from ingest.sources import source_delete
from ingest.submissions import OnConflict, TextUpload
from tests.factories import CollectionFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def writer():
    return UserFactory()


@pytest.fixture
def collection(writer):
    return CollectionFactory(writers=[writer])


@pytest.fixture
def push(collection, writer):
    def push(path, text, on_conflict=OnConflict.VERSION):
        upload = TextUpload(path=path, text=text, title=path)
        submitted = services.text_submit(
            collection=collection, text=upload, by=writer, on_conflict=on_conflict
        )
        runner.drain()
        return submitted.version

    return push


def searched(writer):
    return sorted(chunks_of(Scope.of(writer)).values_list("text", flat=True))


def test_without_its_live_version_a_document_has_no_answers_and_keeps_its_history(push, writer):
    old, new = push("a", "Old."), push("a", "New.")

    version_delete(version=new, by=writer)

    document = Document.objects.get()
    assert searched(writer) == []
    assert (document.deleted_at, document.current_version, document.latest_version) == (
        None, None, old,
    )  # fmt: skip
    assert list(versions_of(Scope.of(writer))) == [old]


def test_deleting_an_old_version_leaves_the_live_one(push, writer):
    old, new = push("a", "Old."), push("a", "New.")

    version_delete(version=old, by=writer)

    assert searched(writer) == ["New."]
    assert Document.objects.get().current_version == new
    assert not versions_of(Scope.of(writer)).filter(pk=old.pk).exists()


def test_the_last_version_takes_its_document_along(push, writer):
    version = push("a", "Text.")

    receipt = version_delete(version=version, by=writer)

    assert Document.objects.get().deleted_at is not None
    assert (receipt.target, receipt.target_uuid) == (Erasure.Target.VERSION, version.uuid)
    with pytest.raises(NotFound):
        version_delete(version=version, by=writer)


def test_deleted_bytes_may_be_sent_again(push, writer):
    push("a", "Old.")
    version_delete(version=push("a", "New."), by=writer)

    again = push("a", "New.")

    assert (again.number, searched(writer)) == (3, ["New."])
    assert push("a", "New.") == again


def test_a_reader_deletes_no_version(push, collection):
    reader = UserFactory()
    collection.grants.create(user=reader, permission=Permission.READ)

    with pytest.raises(Forbidden):
        version_delete(version=push("a", "Text."), by=reader)


def imported(collection, writer, *texts):
    lines = [f'{{"id": "{text}", "text": "{text}"}}\n'.encode() for text in texts]
    job = services.import_submit(collection=collection, lines=lines, by=writer)
    runner.drain()
    return job


def test_what_came_with_an_import_goes_as_one_and_newer_bytes_stay(push, collection, writer):
    job = imported(collection, writer, "One.", "Two.")
    push("Two.", "Newer.")
    push("own", "Own.")

    receipt = source_delete(job=job, by=writer)
    erasure.purge()

    assert searched(writer) == ["Newer.", "Own."]
    receipt.refresh_from_db()
    assert (receipt.target_uuid, receipt.counts["versions"]) == (job.uuid, 2)


def test_a_source_that_is_being_read_is_not_deleted(collection, writer):
    job = imported(collection, writer, "One.")
    Job.objects.filter(pk=job.pk).update(state=JobState.RUNNING, lease_until="2100-01-01T00:00Z")

    with pytest.raises(Conflict):
        source_delete(job=job, by=writer)


def test_versions_replaced_long_ago_are_deleted_with_their_document(push, writer):
    old = push("a", "Old.")
    push("a", "New.", OnConflict.REPLACE)
    Version.objects.filter(pk=old.pk).update(state=VersionState.DEAD)

    receipt = document_delete(document=Document.objects.get(), by=writer)

    assert old.pk in receipt.version_ids
    assert Version.objects.filter(erased_at=None).count() == 0
