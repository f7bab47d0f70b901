"""Originals and page texts over REST."""

import pytest

from apps.knowledge import blobs
from apps.knowledge.models import Page
from tests.factories import ChunkFactory, VersionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def original(handbook):
    """A stored original of ten bytes."""
    with blobs.incoming([b"0123456789"]) as blob:
        blob.keep()
    return VersionFactory(
        document__collection=handbook,
        has_blob=True,
        content_sha256=blob.sha256,
        filename="年报 2023.html",
        media_type="text/html",
    )


def fetch(call, user, version, **headers):
    return call(user).get(f"/api/v1/documents/{version.document.uuid}/file/", **headers)


def test_an_original_is_downloaded_and_never_run_in_our_origin(call, reader, original):
    response = fetch(call, reader, original)

    assert b"".join(response.streaming_content) == b"0123456789"
    assert response.headers["Content-Disposition"].startswith("attachment; filename*=utf-8''")
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response.headers["Content-Security-Policy"]
    assert response.headers["Content-Type"] == "text/html"


@pytest.mark.parametrize(
    ("asked", "sent", "content_range"),
    [("bytes=2-4", b"234", "2-4"), ("bytes=7-", b"789", "7-9"), ("bytes=-3", b"789", "7-9"),
     ("bytes=0-99", b"0123456789", "0-9"), ("bytes=-99", b"0123456789", "0-9")],
)  # fmt: skip
def test_a_viewer_gets_the_range_it_asks_for(call, reader, original, asked, sent, content_range):
    response = fetch(call, reader, original, HTTP_RANGE=asked)

    assert response.status_code == 206
    assert b"".join(response.streaming_content) == sent
    assert response.headers["Content-Range"] == f"bytes {content_range}/10"
    assert response.headers["Content-Length"] == str(len(sent))


@pytest.mark.parametrize("asked", ["bytes=10-", "bytes=20-30", "bytes=-0"])
def test_a_range_outside_the_file_cannot_be_satisfied(call, reader, original, asked):
    response = fetch(call, reader, original, HTTP_RANGE=asked)

    assert response.status_code == 416
    assert response.headers["Content-Range"] == "bytes */10"


@pytest.mark.parametrize("asked", ["bytes=-", "bytes=4-2", "lines=1-2", "bytes=0-1,4-5"])
def test_a_range_that_makes_no_sense_is_answered_with_the_whole(call, reader, original, asked):
    assert fetch(call, reader, original, HTTP_RANGE=asked).status_code == 200


def test_an_original_takes_any_accept_header(call, reader, original):
    assert fetch(call, reader, original, HTTP_ACCEPT="text/html").status_code == 200


def test_a_pushed_text_is_its_own_original(call, reader, handbook):
    version = VersionFactory(document__collection=handbook, document__path="wiki/入职")
    Page.objects.create(version=version, number=1, start=0, text="你好")

    response = fetch(call, reader, version)

    assert response.content.decode() == "你好"
    assert response.headers["Content-Type"] == "text/plain; charset=utf-8"


def test_an_original_that_is_gone_is_not_found(call, reader, original):
    blobs.remove(original.content_sha256)

    assert fetch(call, reader, original).status_code == 404


def test_a_page_has_its_text_and_its_place(call, reader, handbook):
    version = ChunkFactory(version__document__collection=handbook, text="one").version
    Page.objects.create(version=version, number=2, start=4, text="two", label="Sheet 2")

    body = call(reader).get(f"/api/v1/documents/{version.document.uuid}/pages/2/").json()

    assert body == {
        "document": str(version.document.uuid),
        "version": str(version.uuid),
        "number": 2,
        "label": "Sheet 2",
        "start": 4,
        "text": "two",
    }


@pytest.mark.parametrize("number", ["0", "2", "99999999999999999999"])
def test_a_page_that_is_not_there_is_not_found(call, reader, handbook, number):
    version = ChunkFactory(version__document__collection=handbook).version

    response = call(reader).get(f"/api/v1/documents/{version.document.uuid}/pages/{number}/")

    assert response.status_code == 404
