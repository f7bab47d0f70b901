"""Purging: what was deleted is gone, what is shared stays, and the receipt says so."""

import pytest

from apps.knowledge import blobs
from apps.knowledge.models import Chunk, Erasure, Page
from apps.knowledge.services import document_delete
from apps.ops import erasure
from apps.retrieval.models import Vector
from ingest import runner, services
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
    path = blobs.path_of(document.versions.get().content_sha256)
    assert path.exists()

    document_delete(document=document, by=writer)
    erasure.purge()

    assert not path.exists()
    assert (Chunk.objects.count(), Page.objects.count(), Vector.objects.count()) == (0, 0, 0)


def test_the_receipt_counts_what_was_purged(collection, writer):
    document = push(collection, writer, "a", "The vault code is 42.")
    receipt = document_delete(document=document, by=writer)

    erasure.purge()

    receipt.refresh_from_db()
    assert receipt.completed_at is not None
    counts = {name: receipt.counts[name] for name in ("versions", "chunks", "pages", "vectors")}
    assert counts == {"versions": 1, "chunks": 1, "pages": 1, "vectors": 1}


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
