"""No upload fills the disk."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from apps.core import config
from tests.admin_pages import admin_client, admin_user, plain_static_files  # noqa: F401
from tests.factories import CollectionFactory

pytestmark = pytest.mark.django_db
STRANGER = {"HTTP_COOKIE": "csrftoken=" + "a" * 32}


def a_file(size_bytes):
    return SimpleUploadedFile("big.bin", b"x" * size_bytes)


@pytest.fixture
def no_temporary_files(monkeypatch):
    """Nothing may be spooled."""
    spool = "django.core.files.uploadhandler.TemporaryUploadedFile"
    monkeypatch.setattr(spool, None)


@pytest.mark.parametrize(
    "page", ["/login/", "/admin/login/", "/i18n/setlang/", "/admin/knowledge/collection/1/upload/"]
)
def test_a_stranger_cannot_send_files(no_temporary_files, page):
    client = Client(enforce_csrf_checks=True)

    response = client.post(page, {"file": a_file(4 * 2**20)}, **STRANGER)

    assert response.status_code == 413
    assert "too large" in response.text


def test_many_small_files_are_one_large_request(no_temporary_files):
    files = [a_file(2**20 - 1), a_file(2)]

    assert Client().post("/login/", {"file": files}).status_code == 413


def test_files_are_sent_where_they_belong_up_to_the_limit(admin_client, monkeypatch):  # noqa: F811
    small = config.load().ingest.model_copy(update={"max_file": "2MiB"})
    limited = config.load().model_copy(update={"ingest": small})
    monkeypatch.setattr(config, "load", lambda: limited)
    page = f"/admin/knowledge/collection/{CollectionFactory().pk}/upload/"
    text = SimpleUploadedFile("a.txt", b"The office opens at nine. " * 60_000)

    assert admin_client.post(page, {"file": text}).status_code == 202
    refused = admin_client.post(
        page, {"file": a_file(2**21 + 1)}, headers={"accept": "application/json"}
    )
    assert refused.status_code == 413
    assert refused.json()["error"]["message"] == "“big.bin” is larger than 2MiB."


def test_an_address_that_is_not_allowed_is_told_so():
    response = Client().get("/login/", headers={"host": "evil.example"})

    assert response.status_code == 400
    assert "cannot be read" in response.text
