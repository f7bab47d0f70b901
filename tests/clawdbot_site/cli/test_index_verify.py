"""`clawdbot index verify`, and where its result is shown."""

import json

import pytest
from typer.testing import CliRunner

from apps.knowledge.models import Chunk
from apps.retrieval import embedding, index_following
from apps.retrieval.index_files import folder_of
from clawdbot_site.cli import index
from clawdbot_site.installation.data_checks import data_findings
from tests.apps.retrieval.indexing import indexed
from tests.factories import CollectionFactory, VersionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def storage(tmp_path, configured):
    configured("storage", originals=str(tmp_path))


@pytest.fixture
def chunks():
    return indexed("the vault code is 42", "another text", collection=CollectionFactory())


def call(*arguments):
    return CliRunner().invoke(index.app, list(arguments))


def verified():
    return next(one for one in data_findings() if one.check == "verified")


def test_a_sound_installation_ends_with_0(chunks):
    result = call("verify")

    assert result.exit_code == 0
    assert "clean" in result.stdout
    assert verified().is_fine


def test_drift_ends_with_1_and_is_named(chunks):
    Chunk.objects.filter(pk=chunks[0].pk).delete()

    result = call("verify")

    assert result.exit_code == 1
    assert f"chunk {chunks[0].pk} is no live one" in result.stdout
    assert verified().remedy == "Run: clawdbot index verify --repair"


def test_machines_get_every_finding(chunks):
    Chunk.objects.filter(pk=chunks[0].pk).delete()

    facts = json.loads(call("verify", "--json").stdout)

    assert not facts["is_clean"]
    assert {(one["place"], one["drift"]) for one in facts["findings"]} == {
        ("vectors", "orphan"),
        ("segments", "orphan"),
        ("words", "orphan"),
    }


def test_a_repair_ends_with_0_and_tells_what_was_done(chunks):
    Chunk.objects.filter(pk=chunks[0].pk).delete()

    result = call("verify", "--repair")

    assert result.exit_code == 0
    assert "versions published again" in result.stdout
    assert call("verify").exit_code == 0


def test_a_lost_original_stays_drift_and_is_named(chunks):
    version = VersionFactory(has_blob=True, content_sha256="a" * 64)

    result = call("verify", "--repair")

    assert result.exit_code == 1
    assert f"'{version.document.path}': upload it again" in result.output


@pytest.mark.parametrize("wrong", [["--examples", "0"], ["--mend"], ["now"]])
def test_wrong_usage_ends_with_2(wrong):
    assert call("verify", *wrong).exit_code == 2


def test_the_status_tells_of_damaged_files(chunks):
    folder = folder_of(embedding.current_generation().pk)
    next(folder.glob("[0-9]*/*/rows.npy")).write_bytes(b"")
    index_following.catch_up_here()

    facts = json.loads(call("status", "--json").stdout)

    assert facts["verified"] == "never"
    assert [one["path"].endswith("rows.npy") for one in facts["incidents"]] == [True]
