"""Vectors in Milvus are compared with the database, and brought into line."""

import numpy as np
import pytest

from apps.retrieval import index_repair, milvus_store
from apps.retrieval.embedding import current_generation
from apps.retrieval.verify import verify
from apps.retrieval.verifying.findings import Drift, Place, nothing_shown
from tests.apps.retrieval.indexing import indexed
from tests.factories import CollectionFactory

pytestmark = pytest.mark.django_db
TEXTS = ("the vault code is 42", "保险库的密码是四十二", "the lift is out of order")


@pytest.fixture
def chunks(milvus):
    return indexed(*TEXTS, collection=CollectionFactory())


@pytest.fixture
def held(chunks):
    return milvus_store.collection_of(current_generation())


def drift():
    found = verify().findings
    assert {finding.place for finding in found} <= {Place.MILVUS}
    return {finding.drift: finding.count for finding in found}


def repaired():
    index_repair.repair_index(verify(), nothing_shown)
    return verify()


def test_a_milvus_that_has_followed_is_clean(held):
    assert verify().is_clean


def test_a_chunk_that_milvus_lost_is_missing(held, chunks):
    held.delete([chunks[0].pk])

    assert drift() == {Drift.MISSING: 1}
    assert repaired().is_clean
    assert held.count() == 3


def test_a_chunk_that_the_database_does_not_know_is_an_orphan(held):
    held.upsert(np.array([[777], [888], [1], [1]]), np.ones((1, held.dimension), np.float32))

    assert drift() == {Drift.ORPHAN: 1}
    assert repaired().is_clean


def test_another_vector_is_found(held, chunks):
    rows = held.ids([chunks[1].version_id])
    held.upsert(rows, np.ones((1, held.dimension), np.float32))

    assert drift() == {Drift.DIFFERING: 1}
    assert repaired().is_clean


def test_a_row_in_another_collection_is_found_as_it_would_be_a_leak(held, chunks):
    (rows, vectors), *_ = held.blocks()
    rows[3] += 1
    held.upsert(rows, vectors)

    assert drift() == {Drift.MISPLACED: 3}
    assert repaired().is_clean


def test_a_collection_that_is_gone_is_filled_anew(held):
    held.drop()
    held.prepare()

    assert drift() == {Drift.MISSING: 3}
    assert repaired().is_clean
    assert held.count() == 3


def test_a_milvus_that_is_away_is_not_clean(held, configure):
    configure("http://127.0.0.1:1")

    assert drift() == {Drift.MISSING: 1}
