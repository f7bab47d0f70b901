"""The doctor on originals: one place, the right one, for all nodes."""

import pytest

from apps.core import config
from apps.knowledge import blob_places, blobs
from apps.knowledge.models import OriginalsPlace
from clawdbot_site.installation.originals_checks import originals_findings
from tests.factories import VersionFactory
from tests.node_rows import told

pytestmark = pytest.mark.django_db


@pytest.fixture
def home(tmp_path, configured):
    configured("storage", data_dir=str(tmp_path / "data"))
    blob_places._accepted.clear()
    yield tmp_path
    blob_places._accepted.clear()


def remedies():
    return [finding.remedy for finding in originals_findings() if finding.remedy]


def store(content):
    with blobs.incoming([content]) as blob, blobs.no_removal(blob.sha256):
        blob.keep()
    VersionFactory(content_sha256=blob.sha256, has_blob=True)


def test_one_node_with_its_own_folder_is_well(home):
    store(b"the original")
    told("this", "web")

    assert remedies() == []


def test_two_nodes_with_a_folder_each_are_told_to_use_one_place(home):
    told("n1", "web")
    told("n2", "web")

    first, second = remedies()

    assert "storage.originals" in first
    assert "broker.url" in second


def test_a_node_that_looks_elsewhere_is_named(home, configured):
    configured("storage", data_dir=str(home / "data"), originals=str(home / "shared"))
    told("n1", "web", facts={"originals": blob_places.identities()})
    told("n2", "web", facts={"originals": ["folder:of-its-own"]})

    seen = [finding.seen for finding in originals_findings()]

    assert "n2 looks for them elsewhere" in seen


def test_a_place_that_the_database_does_not_know_is_no_place(home):
    OriginalsPlace.objects.create(identity="folder:of-the-first-node", address="/srv")
    VersionFactory(has_blob=True)

    (remedy,) = remedies()

    assert "clawdbot originals adopt" in remedy


def test_originals_that_nobody_looks_at_any_more_are_pointed_out(home, configured):
    store(b"the original")
    usual = config.load().data_dir / "blobs"

    configured("storage", data_dir=str(home / "data"), originals="database", originals_also="")

    assert f"Set storage.originals_also: {usual}" in remedies()[-1]
