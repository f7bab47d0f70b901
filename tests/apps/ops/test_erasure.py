"""Purging: what was deleted is gone, what is shared stays, and the receipt says so."""

import hashlib

import pytest

from apps.knowledge import blobs
from apps.knowledge.deletion import collection_delete, document_delete
from apps.knowledge.models import Chunk, Collection, Erasure, Page, Widget
from apps.ops import erasure
from apps.retrieval.models import NodeIndex, Vector
from ingest import pages, pipeline, runner, services
from ingest.loaders.protocol import ParsedPage
from ingest.submissions import OnConflict, TextUpload, Upload
from tests.factories import CollectionFactory, UserFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def writer():
    return UserFactory()


@pytest.fixture
def collection(writer):
    return CollectionFactory(writers=[writer])


def push(collection, by, path, text, **kwargs):
    upload = TextUpload(path=path, text=text, title="T")
    submitted = services.text_submit(collection=collection, text=upload, by=by, **kwargs)
    runner.drain()
    return submitted.document


def test_a_deleted_document_leaves_no_text_vector_or_file(collection, writer):
    upload = Upload(path="a.txt", content=[b"The vault code is 42."])
    document = services.document_submit(collection=collection, upload=upload, by=writer).document
    runner.drain()
    sha256 = document.versions.get().content_sha256
    assert blobs.exists(sha256)

    document_delete(document=document, by=writer)
    erasure.purge()

    assert not blobs.exists(sha256)
    assert (Chunk.objects.count(), Page.objects.count(), Vector.objects.count()) == (0, 0, 0)


def test_the_receipt_counts_what_was_purged(collection, writer):
    document = push(collection, writer, "a", "The vault code is 42.")
    receipt = document_delete(document=document, by=writer)

    erasure.purge()

    receipt.refresh_from_db()
    assert receipt.completed_at is not None
    counts = {name: receipt.counts[name] for name in ("versions", "chunks", "pages", "vectors")}
    assert counts == {"versions": 1, "chunks": 1, "pages": 1, "vectors": 1}


def test_a_collections_widget_and_suggestions_go_with_it(collection, writer):
    administrator = UserFactory(is_superuser=True)
    Widget.objects.create(collection=collection, acts_as=writer, greeting="Ask about the vault")
    Collection.objects.update(suggested_questions=["Where is the vault?"])
    collection_delete(collection=collection, by=administrator)

    erasure.purge()

    assert not Widget.objects.exists()
    assert Collection.objects.get().suggested_questions == []


def test_a_collection_that_was_purged_has_no_name(collection):
    collection_delete(collection=collection, by=UserFactory(is_superuser=True))

    erasure.purge()

    collection.refresh_from_db()
    assert collection.name == str(collection.uuid)


def test_what_another_document_shares_stays(collection, writer):
    first = push(collection, writer, "a", "Shared text.")
    push(collection, writer, "b", "Shared text.")

    document_delete(document=first, by=writer)
    erasure.purge()

    assert Vector.objects.count() == 1
    assert Chunk.objects.count() == 1


def test_a_replaced_version_is_purged_unless_its_history_is_kept(collection, writer):
    push(collection, writer, "a", "Old.")
    push(collection, writer, "a", "New.")
    push(collection, writer, "b", "Old too.")
    push(collection, writer, "b", "New too.", on_conflict=OnConflict.VERSION)

    erasure.purge()

    texts = set(Page.objects.values_list("text", flat=True))
    assert texts == {"New.", "Old too.", "New too."}


def test_purging_again_changes_nothing(collection, writer):
    document_delete(document=push(collection, writer, "a", "Text."), by=writer)
    erasure.purge()
    before = Erasure.objects.values().get()

    erasure.purge()

    assert Erasure.objects.values().get() == before


def test_a_document_deleted_while_it_is_read_leaves_no_text(collection, writer):
    upload = Upload(path="a.txt", content=[b"The vault code is 42."])
    submitted = services.document_submit(collection=collection, upload=upload, by=writer)

    def pages_of_a_slow_file():
        document_delete(document=submitted.document, by=writer)
        erasure.purge()
        yield ParsedPage(number=1, text="The vault code is 42.")

    stored = pages.store(submitted.version, pages_of_a_slow_file(), title="T")

    assert stored == 0
    assert (Chunk.objects.count(), Page.objects.count()) == (0, 0)


def test_a_document_deleted_between_embedding_and_publishing_leaves_no_vector(
    collection, writer, monkeypatch
):
    upload = TextUpload(path="a", text="The vault code is 42.")
    document = services.text_submit(collection=collection, text=upload, by=writer).document
    publish = pipeline.versions_publish

    def too_late(ids):
        document_delete(document=document, by=writer)
        erasure.purge()
        return publish(ids)

    monkeypatch.setattr(pipeline, "versions_publish", too_late)
    runner.drain()
    erasure.purge()

    assert Vector.objects.count() == 0


def file(collection, by, path, data, **kwargs):
    upload = Upload(path=path, content=[data])
    submitted = services.document_submit(collection=collection, upload=upload, by=by, **kwargs)
    runner.drain()
    return submitted


def test_an_original_goes_when_only_a_replaced_version_elsewhere_had_it(collection, writer):
    file(collection, writer, "one.txt", b"The same bytes.")
    second = file(collection, writer, "two.txt", b"The same bytes.")
    file(collection, writer, "one.txt", b"Other bytes.")
    erasure.purge()

    document_delete(document=second.document, by=writer)
    erasure.purge()

    assert not blobs.exists(second.version.content_sha256)


def test_bytes_that_skip_left_out_are_not_kept(collection, writer):
    file(collection, writer, "one.txt", b"First bytes.")

    file(collection, writer, "one.txt", b"Unwanted bytes.", on_conflict=OnConflict.SKIP)

    assert not blobs.exists(hashlib.sha256(b"Unwanted bytes.").hexdigest())


def test_the_files_of_imports_and_names_of_documents_go_with_their_collection(collection, writer):
    lines = [b'{"id": "salary of the boss", "text": "A lot.", "title": "Salary"}']
    job = services.import_submit(collection=collection, lines=lines, by=writer)
    sha256 = job.payload["blob"]
    assert blobs.exists(sha256)

    collection_delete(collection=collection, by=UserFactory(is_superuser=True))
    erasure.purge()

    job.refresh_from_db()
    assert not blobs.exists(sha256)
    assert (job.state, job.payload) == ("cancelled", {})


def test_a_receipt_stays_open_while_an_index_has_the_rows(collection, writer):
    document = push(collection, writer, "a", "Text.")
    NodeIndex.objects.update_or_create(node="behind", defaults={"change_seq": 0})
    receipt = document_delete(document=document, by=writer)
    erasure.purge()
    receipt.refresh_from_db()
    assert receipt.completed_at is None

    NodeIndex.objects.update(change_seq=receipt.change_seq)
    erasure.purge()
    receipt.refresh_from_db()
    assert receipt.completed_at is None  # out of the index, not yet out of its files

    NodeIndex.objects.update(purged_seq=receipt.change_seq)
    erasure.purge()

    receipt.refresh_from_db()
    assert receipt.completed_at is not None
