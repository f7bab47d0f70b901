"""Vectors are taken over when the model is the same, and made anew when it is not."""

import pytest

from apps.knowledge.deletion import collection_delete
from apps.knowledge.models import Change, Document
from apps.knowledge.services import collection_update
from apps.ops import erasure
from apps.ops.packs import rows
from apps.retrieval import indexer
from apps.retrieval.models import Vector
from apps.retrieval.verify import verify
from apps.retrieval.verifying.findings import Drift, Findings, nothing_shown
from ingest import runner
from ingest.originals_check import compare_originals
from ingest.selectors import status_of, with_status
from tests.apps.ops.packs.packing import packed, repacked, taken
from tests.apps.ops.packs.test_round_trip import QUERIES, hits

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def found(finance, admin):
    return [hits(finance, admin, query) for query in QUERIES]


@pytest.fixture
def pack(finance, admin, found, tmp_path):
    """The only thing that is left of the collection."""
    path = packed(finance, admin, tmp_path / "finance.ckb")
    collection_delete(collection=finance, by=admin)
    erasure.purge()
    return path


@pytest.fixture
def foreign(pack, tmp_path):
    def other_model(manifest):
        manifest["embedding"]["model_sha256"] = "0" * 64

    return repacked(pack, tmp_path / "foreign.ckb", promise=other_model)


def statuses(collection):
    documents = with_status(Document.objects.filter(collection=collection))
    return sorted(status_of(document).status for document in documents)


def test_a_pack_brings_a_collection_back(pack, admin, found):
    assert not Vector.objects.exists()

    collection = taken(pack, admin).collection
    indexer.catch_up()

    assert [hits(collection, admin, query) for query in QUERIES] == found


def test_every_index_is_told(pack, admin):
    before = Change.objects.count()

    taken(pack, admin)

    assert Change.objects.filter(kind="publish").count() >= 4
    assert Change.objects.count() - before == 4


def test_vectors_of_another_model_are_not_taken(foreign, admin):
    imported = taken(foreign, admin)

    assert not Vector.objects.exists()
    assert (imported.is_same_model, imported.to_embed) == (False, 4)
    assert statuses(imported.collection) == ["embedding"] * 4


def test_the_workers_embed_what_came_without_vectors(foreign, admin, found):
    collection = taken(foreign, admin).collection

    runner.drain()
    indexer.catch_up()

    assert statuses(collection) == ["ready"] * 4
    assert [hits(collection, admin, query) for query in QUERIES] == found


def test_a_name_for_the_model_means_nothing(pack, admin, tmp_path):
    def rename(manifest):
        manifest["embedding"]["name"] = "the same under another name"

    assert taken(repacked(pack, tmp_path / "a.ckb", promise=rename), admin).is_same_model


def test_a_taken_over_collection_is_one_like_any_other(pack, admin):
    collection = taken(pack, admin).collection

    collection_update(collection=collection, by=admin, values={"description": "Ours"})
    collection_delete(collection=collection, by=admin)
    erasure.purge()

    assert not Vector.objects.exists()


def test_verify_finds_nothing_wrong_with_what_came_in(pack, admin):
    taken(pack, admin)
    indexer.catch_up()

    assert verify(is_quick=True).findings == ()


def test_an_original_that_is_on_its_way_in_is_not_missing(pack, admin, monkeypatch):
    found = []
    monkeypatch.setattr(rows, "originals_keep", lambda *_: _note(found))

    taken(pack, admin)

    assert len(found) == 1
    assert Drift.MISSING not in {finding.drift for finding in found[0]}


def _note(found):
    findings = Findings()
    compare_originals(findings, nothing_shown)
    found.append(findings.all())
