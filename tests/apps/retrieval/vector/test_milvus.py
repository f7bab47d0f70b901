"""What only Milvus has: expressions, a server that may be away, rows that say how far it is."""

import numpy as np
import pytest
from milvus_lite.adapter.grpc.server import start_server_in_thread

from apps.core.errors import Conflict, Retryable
from apps.retrieval.protocols import RowFilter
from apps.retrieval.vector import milvus, milvus_filters
from apps.retrieval.vector.milvus import MilvusServer
from apps.retrieval.vector.milvus_collection import MilvusCollection, Progress
from apps.retrieval.vector.milvus_dense import MilvusDense
from apps.retrieval.vector.milvus_filters import expressions
from tests.apps.retrieval.vector.dense_leg_contract import (
    DIMENSION,
    EVERYTHING,
    best,
    ids_of,
    rows_for,
    scores_of,
    vectors_for,
)

NOBODY_THERE = "http://127.0.0.1:1"


@pytest.fixture(scope="module")
def lite(tmp_path_factory):
    return MilvusServer(str(tmp_path_factory.mktemp("milvus") / "vectors.db"))


@pytest.fixture
def collection(lite, request):
    made = MilvusCollection(lite, f"clawdbot_{abs(hash(request.node.name))}", DIMENSION)
    made.prepare()
    return made


@pytest.fixture
def unpaused(monkeypatch):
    monkeypatch.setattr(milvus, "PAUSE_S", 0.0)


def test_long_lists_are_searched_in_parts_and_stay_exact(collection, monkeypatch):
    monkeypatch.setattr(milvus_filters, "IDS_AT_ONCE", 7)
    vectors = vectors_for(400)
    collection.upsert(rows_for(400), vectors)
    rows = RowFilter(frozenset({1, 2}), None, frozenset(range(10, 40)), frozenset({1, 5, 6}))

    found = MilvusDense(collection, lambda: ()).search(vectors[0], rows=rows, limit=60)

    assert len(expressions(rows)) == 6
    assert scores_of(found) == best(rows, 60, vectors[0], vectors)
    assert len(set(ids_of(found))) == len(found)


def test_a_list_that_cannot_be_split_is_refused_above_the_limit(monkeypatch):
    monkeypatch.setattr(milvus_filters, "MOST_IDS", 10)

    with pytest.raises(Retryable, match="more than 10"):
        expressions(RowFilter(frozenset({1}), denied_ids=frozenset(range(11))))


def test_retired_versions_that_are_still_there_leave_their_places_to_others(collection):
    vectors = vectors_for(400)
    collection.upsert(rows_for(400), vectors)

    found = MilvusDense(collection, lambda: [1001, 1002]).search(
        vectors[0], rows=EVERYTHING, limit=60
    )

    assert len(found) == 60
    assert not set(ids_of(found)) & set(range(1, 17))


def test_how_far_it_is_is_kept_with_the_vectors_and_never_found(collection):
    assert collection.progress() is None
    collection.mark(Progress(change_seq=7, purged_seq=3))
    rows = RowFilter(frozenset({0, 1}), granted_ids=frozenset(range(10)))

    assert collection.progress() == Progress(7, 3)
    assert collection.count() == 0
    assert collection.ids().size == 0
    assert MilvusDense(collection, lambda: ()).search(vectors_for(1)[0], rows=rows, limit=9) == []


def test_every_row_is_read_back_as_it_was_written(collection, monkeypatch):
    monkeypatch.setattr("apps.retrieval.vector.milvus_collection.PAGE", 7)
    collection.upsert(rows_for(50), vectors_for(50))
    collection.mark(Progress(1, 1))

    blocks = list(collection.blocks())

    assert np.array_equal(np.concatenate([ids for ids, _ in blocks], axis=1), rows_for(50))
    assert np.array_equal(np.concatenate([rows for _, rows in blocks]), vectors_for(50))


def test_what_was_written_is_there_after_a_restart(tmp_path):
    path = str(tmp_path / "kept.db")
    before = MilvusCollection(MilvusServer(path), "clawdbot_kept", DIMENSION)
    before.prepare()
    before.upsert(rows_for(50), vectors_for(50))
    before.purge()
    before.server.close()

    after = MilvusCollection(MilvusServer(path), "clawdbot_kept", DIMENSION)
    after.prepare()

    assert after.count() == 50


def test_a_collection_that_is_not_ours_is_refused(lite):
    lite.call(lambda client: client.create_collection("clawdbot_foreign", dimension=4))

    with pytest.raises(Conflict, match="not made by Clawdbot"):
        MilvusCollection(lite, "clawdbot_foreign", 4).prepare()


def test_a_milvus_that_is_away_is_told_at_once_and_not_asked_again_for_a_while(monkeypatch):
    server, tries = MilvusServer(NOBODY_THERE), []
    with pytest.raises(Retryable, match=NOBODY_THERE):
        server.version(timeout_s=1)
    monkeypatch.setattr(milvus, "MilvusClient", lambda *args, **options: tries.append(args))

    with pytest.raises(Retryable):
        server.version(timeout_s=1)

    assert tries == []


def test_a_search_in_a_milvus_that_went_away_and_came_back(tmp_path, unpaused):
    lite, db, port = start_server_in_thread(str(tmp_path / "server.db"))
    collection = MilvusCollection(MilvusServer(f"http://127.0.0.1:{port}"), "c", DIMENSION)
    collection.prepare()
    collection.upsert(rows_for(20), vectors_for(20))
    lite.stop(grace=0).wait()
    with pytest.raises(Retryable):
        collection.search(vectors_for(1)[0], expressions(EVERYTHING), 5)
    db.close()
    lite, db, port = start_server_in_thread(str(tmp_path / "server.db"), port=port)

    found = collection.search(vectors_for(1)[0], expressions(EVERYTHING), 5)

    assert found[0].chunk_id == 1
    lite.stop(grace=0).wait()
    db.close()
