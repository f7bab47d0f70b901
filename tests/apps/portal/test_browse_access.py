"""Who may open what of the documents' pages, and do what there."""

from uuid import uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from apps.knowledge.models import Document, Erasure, Pin, Version, VersionState
from ingest.models import Job, JobState
from tests.factories import (
    CollectionFactory,
    DocumentFactory,
    JobFactory,
    UserFactory,
    VersionFactory,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    return {name: UserFactory() for name in ("outsider", "reader", "writer")}


@pytest.fixture
def document(people):
    collection = CollectionFactory(
        name="Travel", readers=[people["reader"]], writers=[people["writer"]]
    )
    return VersionFactory(document__collection=collection).document


@pytest.fixture
def client_of(people):
    def sign_in(name):
        client = Client()
        if name in people:
            client.force_login(people[name])
        return client

    return sign_in


def pages_of(document):
    collection = f"/collections/{document.collection.uuid}/"
    own = f"/documents/{document.uuid}/"
    chosen = {"document": str(document.uuid)}
    file = {"file": SimpleUploadedFile("a.txt", b"The office opens at nine.")}
    return {
        "collection": ("get", collection, {}),
        "document": ("get", own, {}),
        "pin": ("post", f"{collection}pin/", {"is_pinned": "1"}),
        "upload": ("post", f"{collection}upload/", file),
        "retry all": ("post", f"{collection}retry/", {}),
        "delete several": ("post", f"{collection}delete-documents/", chosen),
        "describe": ("post", own, {"title": "New"}),
        "replace": ("post", f"{own}replace/", file),
        "ask for deletion": ("get", f"{own}delete/", {}),
        "delete": ("post", f"{own}delete/", {}),
    }


def main_of(answer):
    return answer.text.partition("<main")[2]


READING = {"collection": 200, "document": 200, "pin": 302}
WRITING = {
    "upload": 302,
    "retry all": 302,
    "delete several": 200,
    "describe": 302,
    "replace": 302,
    "ask for deletion": 200,
    "delete": 302,
}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("stranger", dict.fromkeys(READING | WRITING, 302)),
        ("outsider", dict.fromkeys(READING | WRITING, 404)),
        ("reader", READING | dict.fromkeys(WRITING, 403)),
        ("writer", READING | WRITING),
    ],
)
def test_each_page_answers_by_right(client_of, document, name, expected):
    client = client_of(name)

    answers = {
        page: getattr(client, method)(address, values).status_code
        for page, (method, address, values) in pages_of(document).items()
    }

    assert answers == expected


def test_a_stranger_changes_nothing(client_of, document):
    for method, address, values in pages_of(document).values():
        answer = getattr(client_of("stranger"), method)(address, values)
        assert answer.headers["Location"].startswith("/login/")

    assert Document.objects.filter(deleted_at=None).count() == 1
    assert not Pin.objects.exists()


def test_what_is_unknown_looks_like_what_may_not_be_read(client_of, document):
    client = client_of("outsider")
    hidden = client.get(f"/documents/{document.uuid}/")
    unknown = client.get(f"/documents/{uuid4()}/")

    assert hidden.status_code == unknown.status_code == 404
    assert main_of(hidden) == main_of(unknown)


def test_the_list_of_collections_shows_what_one_may_do(client_of, document):
    assert "You may read it" in client_of("reader").get("/documents/").text
    assert "You may add to it" in client_of("writer").get("/documents/").text
    assert "Travel" not in client_of("outsider").get("/documents/").text


def test_only_who_may_make_collections_is_offered_one(client_of, admin_client):
    assert "new-collection" not in client_of("writer").get("/documents/").text
    assert client_of("writer").get("/documents/new-collection/").status_code == 403
    assert client_of("writer").post("/documents/new-collection/", {"name": "x"}).status_code == 403
    assert "new-collection" in admin_client.get("/documents/").text


def test_a_reader_is_offered_no_way_to_change_anything(client_of, document):
    client = client_of("reader")
    pages = client.get(f"/collections/{document.collection.uuid}/").text
    pages += client.get(f"/documents/{document.uuid}/").text

    for sign in ('id="upload"', 'name="document"', "/delete", "/replace/", "Retry"):
        assert sign not in pages


def test_documents_of_another_collection_are_not_deleted_with_these(client_of, document):
    other = VersionFactory().document
    address = f"/collections/{document.collection.uuid}/delete-documents/"
    body = {"document": [str(document.uuid), str(other.uuid)], "confirmed": "1"}

    client_of("writer").post(address, body)

    assert list(Document.objects.filter(deleted_at=None)) == [other]


def test_receipts_are_shown_to_whoever_deleted(client_of, people, document):
    client_of("writer").post(f"/documents/{document.uuid}/delete/")
    receipt = Erasure.objects.get()

    shown = client_of("writer").get(f"/receipts/{receipt.uuid}/")

    assert shown.status_code == 200
    assert str(receipt.uuid) in client_of("writer").get("/receipts/").text
    assert client_of("reader").get(f"/receipts/{receipt.uuid}/").status_code == 404
    assert str(receipt.uuid) not in client_of("reader").get("/receipts/").text


@pytest.mark.parametrize("body", ["[" * 100_000, '{"documents": {"a": 1}}', "7", ""])
def test_what_is_no_list_of_documents_is_refused(body, client_of):
    client = client_of("reader")

    answer = client.post("/documents/progress/", body, content_type="application/json")

    assert answer.status_code == 400


def test_progress_is_told_of_what_one_may_read_only(client_of, document):
    body = {"documents": [str(document.uuid)], "jobs": []}

    def ask(name):
        client = client_of(name)
        return client.post("/documents/progress/", body, content_type="application/json").json()

    assert list(ask("reader")["documents"]) == [str(document.uuid)]
    assert ask("outsider") == {"documents": {}, "jobs": {}}


@pytest.mark.parametrize(
    ("name", "expected"), [("outsider", 404), ("reader", 403), ("writer", 200)]
)
def test_a_failed_document_is_tried_again_by_writers(client_of, people, name, expected):
    collection = CollectionFactory(readers=[people["reader"]], writers=[people["writer"]])
    job = JobFactory(
        version=VersionFactory(document__collection=collection, published=False),
        state=JobState.FAILED,
        error_code="damaged",
    )
    headers = {"Accept": "application/json"}

    answer = client_of(name).post("/documents/retry/", {"job": str(job.uuid)}, headers=headers)

    assert answer.status_code == expected
    is_queued = Job.objects.get().state == JobState.QUEUED
    assert is_queued == (expected == 200)


def test_a_version_that_is_gone_is_not_listed(client_of, document):
    Version.objects.create(
        document=document, number=7, state=VersionState.DEAD, content_sha256="0", size_bytes=1
    )

    assert "Version 7" not in client_of("reader").get(f"/documents/{document.uuid}/").text


def test_a_document_of_a_collection_that_was_deleted_is_not_found(client_of, people):
    document = DocumentFactory(collection__readers=[people["reader"]])
    document.collection.deleted_at = document.created_at
    document.collection.save()

    assert client_of("reader").get(f"/documents/{document.uuid}/").status_code == 404
