"""The receipt as it is read: over REST, in the administration, in the portal."""

import hashlib
import json
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone, translation
from rest_framework.test import APIClient

from apps.knowledge.deletion import document_delete
from apps.knowledge.models import Permission
from apps.ops import erasure
from apps.ops.erasing.receipt import receipt_of
from apps.retrieval import receipts
from apps.retrieval.models import NodeIndex
from tests.factories import ChunkFactory, UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def writer():
    return UserFactory(username="ann")


@pytest.fixture
def receipt(writer):
    """Of a document with one passage; two nodes have an index, one of them is away."""
    document = ChunkFactory().version.document
    document.collection.grants.create(user=writer, permission=Permission.WRITE)
    for name in ("alive", "away"):
        NodeIndex.objects.create(node=name)
    NodeIndex.objects.filter(node="away").update(updated_at=timezone.now() - timedelta(days=3))
    return document_delete(document=document, by=writer)


@pytest.fixture
def shown(receipt, writer):
    client = APIClient()
    client.force_authenticate(writer)
    return lambda: client.get(f"/api/v1/erasures/{receipt.uuid}/").json()


def test_it_says_how_far_a_deletion_is_and_what_it_waits_for(receipt, shown):
    assert (shown()["state"], shown()["nodes"]) == ("hidden", [])
    erasure.purge()

    told = shown()
    assert (told["state"], told["counts"]["chunks"], told["requested_by"]) == ("purging", 1, "ann")
    assert [one["node"] for one in told["nodes"]] == ["alive", "away"]
    assert "alive" in told["waiting_for"][0]
    assert "when it comes back" in told["waiting_for"][1]

    NodeIndex.objects.filter(node="alive").update(purged_seq=receipt.change_seq)
    erasure.purge()
    assert (shown()["state"], bool(shown()["completed_at"])) == ("away", True)

    for node in ("alive", "away"):
        receipts.index_purged(receipt.change_seq, 1, node=node)
    assert shown()["state"] == "complete"


def test_its_fingerprint_can_be_checked_by_anybody(receipt, shown):
    told = shown()

    sha256, _words = told.pop("sha256"), told.pop("waiting_for")

    text = json.dumps(told, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    assert hashlib.sha256(text.encode()).hexdigest() == sha256


def test_its_fingerprint_is_the_same_in_every_language(receipt, shown):
    erasure.purge()
    receipt.refresh_from_db()

    with translation.override("zh-hans"):
        words, in_chinese = receipt_of(receipt)["waiting_for"], receipt_of(receipt)["sha256"]

    assert words
    assert in_chinese == receipt_of(receipt)["sha256"]


def test_it_is_printed_in_the_administration_with_its_fingerprint(receipt, shown):
    client = Client()
    client.force_login(UserFactory(is_superuser=True, is_staff=True))

    page = client.get(f"/admin/knowledge/erasure/{receipt.pk}/as-printed/")

    assert page.status_code == 200
    assert shown()["sha256"] in page.content.decode()


def test_whoever_deleted_reads_it_in_the_portal_and_others_do_not(receipt, writer):
    mine, another = Client(), Client()
    mine.force_login(writer)
    another.force_login(UserFactory())
    erasure.purge()

    page = mine.get(f"/receipts/{receipt.uuid}/")

    assert "away" in page.content.decode()
    assert another.get(f"/receipts/{receipt.uuid}/").status_code == 404
