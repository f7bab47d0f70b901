"""What the portal shows of documents with readers of their own."""

import json

import pytest
from django.urls import reverse

from apps.knowledge.models import DocumentGrant, Permission
from tests.factories import ChunkFactory, CollectionFactory, JobFactory, UserFactory

pytestmark = pytest.mark.django_db
MARK = "It has readers of its own"


@pytest.fixture
def secret(person):
    """The only document of a collection that the person may add to, denied to them."""
    collection = CollectionFactory(name="Handbook", writers=[person])
    chunk = ChunkFactory(
        text="The bonus is 42 %.",
        version__document__collection=collection,
        version__document__path="board/bonus.txt",
    )
    document = chunk.version.document
    JobFactory(version__document=document, version__number=2)
    DocumentGrant.objects.create(document=document, user=person, is_denied=True)
    return document


@pytest.mark.parametrize(
    "address",
    ["/documents/", "/documents/?q=bonus", "/collections/{c}/", "/collections/{c}/?folder=board",
     "/collections/{c}/?q=bonus", "/collections/{c}/?q=bonus&where=text"],
)  # fmt: skip
def test_no_list_names_or_counts_a_denied_document(address, browser, secret):
    page = browser.get(address.format(c=secret.collection.uuid)).content.decode()

    assert "Handbook" in page or "q=" in address
    assert "bonus.txt" not in page
    assert ">board<" not in page or "folder" in address  # as it was asked for
    assert "1 document" not in page


@pytest.mark.parametrize("name", ["document", "document-delete", "page"])
def test_a_denied_document_has_no_page(name, browser, secret):
    args = [secret.uuid, 1] if name == "page" else [secret.uuid]

    assert browser.get(reverse(name, args=args)).status_code == 404


def test_nothing_is_told_of_how_far_a_denied_document_is(browser, secret):
    job = secret.versions.get(number=2).job
    asked = json.dumps({"documents": [str(secret.uuid)], "jobs": [str(job.uuid)]})

    told = browser.post("/documents/progress/", asked, content_type="application/json")

    assert told.json() == {"documents": {}, "jobs": {}}


def test_one_granted_document_is_all_of_its_collection(browser, person, secret):
    DocumentGrant.objects.all().delete()
    secret.collection.grants.all().delete()
    ChunkFactory(version__document__collection=secret.collection)
    DocumentGrant.objects.create(document=secret, user=person)

    shelf = browser.get("/documents/").content.decode()
    page = browser.get(f"/collections/{secret.collection.uuid}/?folder=board").content.decode()

    assert "1 document" in shelf
    assert "Handbook" in shelf
    assert "board/bonus" in page
    assert "Add documents" not in page


def test_only_who_manages_a_collection_sees_the_mark(browser, person, secret):
    DocumentGrant.objects.update(user=UserFactory())
    address = f"/collections/{secret.collection.uuid}/?folder=board"
    before = browser.get(address).content.decode()

    secret.collection.grants.update(permission=Permission.MANAGE)

    assert MARK not in before
    assert MARK in browser.get(address).content.decode()
    assert MARK in browser.get(reverse("document", args=[secret.uuid])).content.decode()
