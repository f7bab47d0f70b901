"""Adding documents over REST."""

import io
import json
import math
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from apps.core import config
from apps.knowledge import blobs
from apps.knowledge.models import Document, Version
from ingest.models import Job

pytestmark = pytest.mark.django_db


def text_file(name="note.txt", content="The office opens at nine."):
    return SimpleUploadedFile(name, content.encode(), content_type="application/pdf")


@pytest.fixture
def url(handbook):
    return f"/api/v1/collections/{handbook.uuid}/documents/"


def test_one_file_is_answered_with_one_object(call, writer, url):
    response = call(writer).post(url, {"file": text_file()}, format="multipart")

    assert response.status_code == 202
    body = response.json()
    assert set(body) == {"id", "version", "job", "status", "is_new"}
    assert (body["status"], body["is_new"]) == ("queued", True)
    document = Document.objects.get(uuid=body["id"])
    assert document.path == "note.txt"
    assert str(document.latest_version.uuid) == body["version"]
    assert Job.objects.filter(uuid=body["job"]).exists()


def test_many_files_are_answered_with_a_list_in_their_order(call, writer, url):
    files = [text_file("b.txt", "bb"), text_file("a.txt", "aa")]

    body = call(writer).post(url, {"file": files}, format="multipart").json()

    paths = [Document.objects.get(uuid=one["id"]).path for one in body["documents"]]
    assert paths == ["b.txt", "a.txt"]


def test_a_refused_file_does_not_hide_what_became_of_the_others(call, writer, url):
    junk = SimpleUploadedFile("b.pdf", bytes(range(256)) * 20)
    files = [text_file("a.txt", "aa"), junk, text_file("c.txt", "cc")]

    response = call(writer).post(url, {"file": files}, format="multipart")

    assert response.status_code == 202
    first, refused, last = response.json()["documents"]
    assert (refused["path"], refused["error"]["code"]) == ("b.pdf", "unsupported")
    assert set(refused["error"]) == {"code", "message", "details"}
    taken = {str(document.uuid): document.path for document in Document.objects.all()}
    assert (taken[first["id"]], taken[last["id"]]) == ("a.txt", "c.txt")


def test_several_files_of_a_reader_are_forbidden_as_one_is(call, reader, url):
    files = [text_file("a.txt"), text_file("b.txt")]

    assert call(reader).post(url, {"file": files}, format="multipart").status_code == 403


@pytest.mark.parametrize("metadata", ['{"a": NaN}', '{"a": [1e999]}', '{"a": -Infinity}', "7"])
def test_metadata_of_a_form_must_be_storable_json(call, writer, url, metadata):
    form = {"file": text_file(), "metadata": metadata}

    response = call(writer).post(url, form, format="multipart")

    assert response.status_code == 400
    assert "metadata" in response.json()["error"]["details"]


@pytest.mark.parametrize("address", ["javascript:alert(1)", "data:text/html,x", "//evil.example"])
def test_an_address_leads_to_a_web_page_or_is_refused(call, writer, url, address):
    form = {"file": text_file(), "url": address}
    text = {"path": "a", "text": "b", "url": address}
    client = call(writer)

    assert client.post(url, form, format="multipart").status_code == 400
    assert client.post(url, text, format="json").status_code == 400
    assert not Document.objects.exists()


def test_a_very_long_name_is_taken(call, writer, url):
    form = {"file": text_file(), "path": "公" * 900 + ".txt"}

    assert call(writer).post(url, form, format="multipart").status_code == 202


def test_paths_go_with_files_in_their_order(call, writer, url):
    form = {"file": [text_file("a.txt"), text_file("b.txt")], "path": ["x/a.txt", "y/b.txt"]}

    call(writer).post(url, form, format="multipart")

    assert set(Document.objects.values_list("path", flat=True)) == {"x/a.txt", "y/b.txt"}


def test_fewer_paths_than_files_are_invalid(call, writer, url):
    form = {"file": [text_file("a.txt"), text_file("b.txt")], "path": ["x/a.txt"]}

    assert call(writer).post(url, form, format="multipart").status_code == 400
    assert not Document.objects.exists()


def test_title_address_and_metadata_come_with_a_single_file(call, writer, url):
    form = {
        "file": text_file(),
        "title": "笔记",
        "url": "http://in/1",
        "metadata": '{"team": "hr"}',
    }

    body = call(writer).post(url, form, format="multipart").json()

    document = Document.objects.get(uuid=body["id"])
    assert (document.title, document.url, document.metadata) == (
        "笔记", "http://in/1", {"team": "hr"},
    )  # fmt: skip


def test_the_same_bytes_at_the_same_path_are_nothing_new(call, writer, url):
    client = call(writer)
    first = client.post(url, {"file": text_file()}, format="multipart").json()

    again = client.post(url, {"file": text_file()}, format="multipart").json()

    assert again["is_new"] is False
    assert (again["id"], again["version"]) == (first["id"], first["version"])


def test_on_conflict_skip_keeps_what_is_there(call, writer, url):
    client = call(writer)
    client.post(url, {"file": text_file()}, format="multipart")

    changed = {"file": text_file(content="Ten."), "on_conflict": "skip"}
    body = client.post(url, changed, format="multipart").json()

    assert body["is_new"] is False
    assert Version.objects.count() == 1


def test_on_conflict_may_stand_in_the_address(call, writer, url):
    response = call(writer).post(
        f"{url}?on_conflict=bogus", {"file": text_file()}, format="multipart"
    )

    assert response.status_code == 400
    assert "on_conflict" in response.json()["error"]["details"]


def test_a_zip_is_known_by_its_job(call, writer, url):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a.txt", "alpha")
    upload = SimpleUploadedFile("all.zip", packed.getvalue())

    body = call(writer).post(url, {"file": upload}, format="multipart").json()

    assert (body["id"], body["version"], body["status"]) == (None, None, "queued")
    job = call(writer).get(f"/api/v1/jobs/{body['job']}/").json()
    assert (job["kind"], job["state"], job["document"]) == ("archive", "queued", None)


def test_bytes_of_no_known_format_are_unsupported(call, writer, url):
    junk = SimpleUploadedFile("report.pdf", bytes(range(256)) * 20)

    response = call(writer).post(url, {"file": junk}, format="multipart")

    assert response.status_code == 415
    assert response.json()["error"]["details"]["path"] == "report.pdf"


def test_a_file_above_the_limit_is_stopped_while_it_arrives(call, writer, url, monkeypatch):
    small = config.load().ingest.model_copy(update={"max_file": "1KB"})
    limited = config.load().model_copy(update={"ingest": small})
    monkeypatch.setattr(config, "load", lambda: limited)
    monkeypatch.setattr(blobs, "incoming", None)  # never reached

    response = call(writer).post(url, {"file": text_file(content="x" * 2000)}, format="multipart")

    assert response.status_code == 413


def test_a_text_goes_straight_to_embedding(call, writer, url):
    text = {"path": "wiki/1", "title": "差旅", "text": "酒店标准。", "metadata": {"tags": ["a"]}}

    response = call(writer).post(url, text, format="json")

    assert response.status_code == 202
    assert response.json()["status"] == "embedding"
    document = Document.objects.get(uuid=response.json()["id"])
    assert (document.path, document.title) == ("wiki/1", "差旅")


@pytest.mark.parametrize(
    "broken",
    [{"path": ""}, {"path": "../.."}, {"text": " "}, {"metadata": []}, {"metadata": {"a": "\0"}},
     {"metadata": {"a": "x" * 20_001}}, {"metadata": {"a": math.inf}},
     {"title": "\ud800"}, {"on_conflict": "maybe"}],
)  # fmt: skip
def test_a_text_that_cannot_be_taken_is_invalid(call, writer, url, broken):
    body = json.dumps({"path": "a", "text": "b"} | broken)

    response = call(writer).generic("POST", url, body, content_type="application/json")

    assert response.status_code == 400
    assert not Document.objects.exists()


def test_a_reader_may_not_add_and_an_outsider_finds_nothing(call, reader, outsider, url):
    text = {"path": "a", "text": "b"}

    assert call(reader).post(url, text, format="json").status_code == 403
    assert call(outsider).post(url, text, format="json").status_code == 404


def ndjson(call, user, url, body, content_type="application/x-ndjson"):
    return call(user).generic("POST", f"{url}import/", body, content_type=content_type)


@pytest.mark.parametrize("content_type", ["application/x-ndjson", "application/ndjson"])
def test_lines_in_bulk_become_a_job(call, writer, url, content_type):
    response = ndjson(call, writer, url, '{"id": "1", "text": "a"}\n', content_type)

    assert response.status_code == 202
    job = Job.objects.get(uuid=response.json()["job"])
    assert job.kind == Job.Kind.IMPORT
    assert b"".join(blobs.read(job.payload["blob"])) == b'{"id": "1", "text": "a"}\n'


def test_lines_of_another_kind_are_unsupported(call, writer, url):
    assert ndjson(call, writer, url, "a,b", "text/csv").status_code == 415


def test_lines_without_a_length_are_read_to_their_end(call, writer, url):
    body = io.BytesIO(b'{"id": "1", "text": "a"}\n')
    chunked = {"wsgi.input": body, "wsgi.input_terminated": True, "CONTENT_LENGTH": ""}

    response = call(writer).generic(
        "POST", f"{url}import/", b"", content_type="application/x-ndjson", **chunked
    )

    job = Job.objects.get(uuid=response.json()["job"])
    assert blobs.size_of(job.payload["blob"]) == 25


def test_a_reader_may_not_import(call, reader, url):
    assert ndjson(call, reader, url, "{}\n").status_code == 403
