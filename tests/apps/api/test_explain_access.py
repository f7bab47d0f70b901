"""Explaining access over REST."""

from uuid import uuid4

import pytest

from tests.factories import DocumentFactory

pytestmark = pytest.mark.django_db
URL = "/api/v1/explain-access/"


@pytest.fixture
def document(handbook):
    return DocumentFactory(collection=handbook)


def test_a_reader_learns_why_they_may_read(call, reader, document):
    body = call(reader).get(f"{URL}?document={document.uuid}").json()

    assert (body["user"], body["allowed"]) == (reader.username, True)
    assert body["reasons"] == [f"user {reader.username}: Read"]


def test_an_administrator_may_ask_about_anyone(call, admin, outsider, document):
    url = f"{URL}?user={outsider.username}&document={document.uuid}"

    body = call(admin).get(url).json()

    assert (body["allowed"], body["reasons"]) == (False, [])


@pytest.mark.parametrize("name", ["admin", "nobody-of-this-name"])
def test_others_may_not_ask_and_do_not_learn_who_exists(call, reader, document, name):
    response = call(reader).get(f"{URL}?user={name}&document={document.uuid}")

    assert response.status_code == 403


def test_an_unreadable_document_is_as_unknown_as_one_that_is_not_there(call, outsider, document):
    unreadable = call(outsider).get(f"{URL}?document={document.uuid}")
    unknown = call(outsider).get(f"{URL}?document={uuid4()}")

    assert unreadable.status_code == unknown.status_code == 404
    assert unreadable.json() == unknown.json()
