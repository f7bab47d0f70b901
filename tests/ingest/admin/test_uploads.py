"""Uploading in the admin: each file has its own request and its own answer."""

import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from apps.knowledge.models import Document
from ingest import runner
from ingest.models import Job
from tests.admin_pages import client_of
from tests.factories import CollectionFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def collection():
    return CollectionFactory()


def send(client, collection, name: str, content: bytes, **form):
    file = SimpleUploadedFile(name, content)
    address = f"/admin/knowledge/collection/{collection.pk}/upload/"
    return client.post(address, {"file": file, "path": name, **form})


def a_zip(**members: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, text in members.items():
            archive.writestr(f"{name}.txt", text)
    return buffer.getvalue()


def test_the_page_opens(admin_client, collection):
    page = admin_client.get(f"/admin/knowledge/collection/{collection.pk}/upload/")

    assert page.status_code == 200


def test_files_keep_the_folder_they_lay_in(admin_client, collection):
    answers = [
        send(admin_client, collection, "hr/leave.md", b"# Leave\n\nTen days."),
        send(admin_client, collection, "hr/travel.md", b"# Travel\n\nBy train."),
    ]

    assert [answer.status_code for answer in answers] == [202, 202]
    assert sorted(Document.objects.values_list("path", flat=True)) == [
        "hr/leave.md",
        "hr/travel.md",
    ]


def test_the_answer_tells_where_to_follow_it(admin_client, collection):
    answer = send(admin_client, collection, "leave.md", b"# Leave\n\nTen days.").json()

    document = Document.objects.get()
    assert answer["kind"] == "document"
    assert answer["uuid"] == str(document.uuid)
    assert answer["status"] == "queued"
    assert answer["is_new"] is True


def test_a_zip_is_unpacked_into_documents(admin_client, collection):
    answer = send(admin_client, collection, "all.zip", a_zip(one="First.", two="Second.")).json()
    runner.drain()

    assert answer["kind"] == "job"
    assert Document.objects.filter(collection=collection).count() == 2


def test_a_file_of_no_known_kind_is_refused_with_a_reason(admin_client, collection):
    answer = send(admin_client, collection, "run.exe", b"MZ" + bytes(200))

    assert answer.status_code == 415
    assert "run.exe" in answer.json()["error"]["message"]


def test_a_request_without_a_file_is_told_so(admin_client, collection):
    answer = admin_client.post(f"/admin/knowledge/collection/{collection.pk}/upload/", {})

    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "invalid")


def test_staff_who_may_only_read_cannot_upload(make_staff):
    staff = make_staff("view_collection")
    collection = CollectionFactory(readers=[staff])

    answer = send(client_of(staff), collection, "x.md", b"# x")

    assert answer.status_code == 404
    assert not Job.objects.exists()


def test_who_is_no_staff_is_sent_to_sign_in(collection):
    user = UserFactory()

    answer = send(client_of(user), collection, "x.md", b"# x")

    assert answer.status_code == 302
