"""What a verification tells people, and how they have it repaired."""

from datetime import timedelta

import pytest
from django.utils import timezone

from apps.core.nodes import node_name
from apps.knowledge import blobs
from apps.knowledge.models import Chunk
from apps.ops import health, verification
from apps.ops.repairing import repair_everything
from apps.ops.verification import Depth, verify_everything
from apps.retrieval.models import NodeIndex
from tests.admin_pages import client_of
from tests.apps.retrieval.indexing import indexed
from tests.factories import CollectionFactory, VersionFactory

pytestmark = pytest.mark.django_db

DRIFT = {
    "findings": [
        {"place": "segments", "drift": "missing", "count": 3, "examples": []},
        {"place": "files", "drift": "corrupt", "count": 1, "examples": []},
    ]
}
REPAIR = "/admin/retrieval/nodeindex/repair/"


@pytest.fixture(autouse=True)
def storage(tmp_path, configured):
    configured("storage", originals=str(tmp_path))


@pytest.fixture
def node():
    def make(**fields):
        return NodeIndex.objects.create(node=node_name(), **fields)

    return make


def check():
    return next(one for one in health.health().checks if str(one.name) == "Verification")


def test_a_verification_is_kept_for_the_admin():
    indexed("the vault code is 42", collection=CollectionFactory())

    verify_everything()

    kept = NodeIndex.objects.get()
    assert kept.verified_at is not None
    assert kept.verification["is_clean"]
    assert check().words.endswith("no drift")


def test_drift_is_told_with_a_button(node, admin_client):
    node(verified_at=timezone.now(), verification=DRIFT)

    page = admin_client.get("/admin/").content.decode()

    assert check().words.endswith(": 1 damaged, 3 missing")
    assert f'action="{REPAIR}"' in page


def test_who_is_no_superuser_has_no_button(node, make_staff):
    node(verified_at=timezone.now(), verification=DRIFT)
    staff = client_of(make_staff("view_nodeindex"))

    assert REPAIR not in staff.get("/admin/").content.decode()
    assert staff.post(REPAIR).status_code == 403
    assert NodeIndex.objects.get().repair_asked_at is None


def test_the_button_asks_every_node_with_drift(node, admin_client):
    node(verified_at=timezone.now(), verification=DRIFT)
    clean = {"findings": []}
    NodeIndex.objects.create(node="other", verified_at=timezone.now(), verification=clean)

    admin_client.post(REPAIR)

    asked = NodeIndex.objects.exclude(repair_asked_at=None).values_list("node", flat=True)
    assert [*asked] == [node_name()]
    assert check().tone == "busy"


def test_looking_at_the_page_asks_for_nothing(node, admin_client):
    node(verified_at=timezone.now(), verification=DRIFT)

    page = admin_client.get(REPAIR)

    assert page.status_code == 200
    assert NodeIndex.objects.get().repair_asked_at is None


def test_a_night_without_verification_is_told(node):
    node(verified_at=timezone.now() - timedelta(days=5), verification={"findings": []})

    assert check().tone == "warn"


def test_the_list_of_nodes_shows_what_was_found(node, admin_client):
    node(verified_at=timezone.now(), verification=DRIFT, purged_seq=4711)

    page = admin_client.get("/admin/retrieval/nodeindex/").content.decode()

    assert "1 damaged, 3 missing" in page
    assert "4711" in page.replace(",", "")


def test_a_repair_deletes_originals_of_nobody_and_tells_of_lost_ones():
    with blobs.incoming([b"nobody's"]) as blob:
        blob.keep()
    VersionFactory(has_blob=True, content_sha256="a" * 64)

    done = repair_everything(verify_everything())

    assert not blobs.exists(blob.sha256)
    assert [finding.place for finding in done.for_people] == ["originals"]


def test_a_repair_ends_with_another_verification():
    (chunk,) = indexed("the vault code is 42", collection=CollectionFactory())
    Chunk.objects.filter(pk=chunk.pk).delete()

    done = repair_everything(verify_everything())

    assert not done.before.is_clean
    assert done.after.is_clean
    assert NodeIndex.objects.get().verification["is_clean"]


def test_a_week_of_nights_reads_every_original():
    nights = [timezone.now() + timedelta(days=n) for n in range(7)]
    parts = {f"{number:02x}" for number in range(256)}

    read = {
        part for night in nights for part in parts if Depth(is_nightly=True).is_hashed(part, night)
    }

    assert read == parts


def test_of_several_nodes_one_reads_the_originals_at_night(monkeypatch):
    with blobs.incoming([b"the original"]) as blob:
        blob.keep()
    VersionFactory(has_blob=True, content_sha256=blob.sha256, size_bytes=blob.size_bytes)
    read = []
    monkeypatch.setattr(blobs, "read", lambda sha256: read.append(sha256) or [b"the original"])
    monkeypatch.setattr(verification, "WEEK", 1)  # all of them tonight

    for node in ("n1", "n2", "n1"):
        monkeypatch.setattr(verification, "node_name", lambda node=node: node)
        verify_everything(Depth(is_nightly=True))

    assert read == [blob.sha256] * 2
