"""The whole way with vectors in Milvus: taken in, searched, deleted, verified, switched."""

import pytest

from apps.core import config
from apps.knowledge.access import Scope
from apps.knowledge.models import Grant, Permission
from apps.retrieval import embedding, index_snapshot, index_state, indexer, milvus_store
from apps.retrieval.search import search
from apps.retrieval.vector.milvus_dense import MilvusDense
from apps.retrieval.verify import verify
from tests.apps.retrieval.indexing import indexed
from tests.apps.retrieval.milvus.conftest import configured
from tests.apps.retrieval.milvus.test_following import retire
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db
AWAY = "http://127.0.0.1:1"
ASKED = "How many days off do employees get?"
TEXTS = ("Staff are entitled to fifteen holidays a year.", "The lift is out of order.")


def legs(result):
    return {hit.chunk_id: set(hit.legs) for hit in result.hits}


def test_a_meaning_is_found_in_milvus_though_no_word_is_the_same(milvus, reader, collection):
    leave, _ = indexed(*TEXTS, collection=collection)

    result = search(ASKED, scope=Scope.of(reader))

    assert result.degraded == ()
    assert result.hits[0].chunk_id == leave.pk
    assert "dense" in result.hits[0].legs


def test_what_may_not_be_read_is_not_found_by_meaning_either(milvus, reader, collection):
    outsider = UserFactory()
    indexed(*TEXTS, collection=collection)

    assert search(ASKED, scope=Scope.of(outsider)).hits == ()


def test_a_grant_counts_at_the_next_search(milvus, collection):
    late = UserFactory()
    leave, _ = indexed(*TEXTS, collection=collection)
    Grant.objects.create(collection=collection, user=late, permission=Permission.READ)

    assert search(ASKED, scope=Scope.of(late)).hits[0].chunk_id == leave.pk


def test_what_was_deleted_leaves_milvus_and_every_answer(milvus, reader, collection):
    leave, lift = indexed(*TEXTS, collection=collection)
    retire(leave)
    assert set(legs(search(ASKED, scope=Scope.of(reader)))) <= {lift.pk}
    indexer.catch_up()

    held = milvus_store.collection_of(embedding.current_generation()).ids()
    assert held[0].tolist() == [lift.pk]


def test_a_milvus_that_is_away_leaves_the_words_and_the_answer_says_so(
    configure, reader, collection
):
    configure(AWAY)
    _, lift = indexed(*TEXTS, collection=collection)

    result = search("lift", scope=Scope.of(reader))

    assert legs(result) == {lift.pk: {"lexical"}}
    assert any("Milvus" in one and "words alone" in one for one in result.degraded)


def test_a_milvus_that_comes_back_gets_what_it_missed(configure, lite, reader, collection):
    configure(AWAY)
    indexed(*TEXTS, collection=collection)
    configure(lite)
    index_snapshot._opener.cache_clear()
    indexer.catch_up()

    assert "dense" in search(ASKED, scope=Scope.of(reader)).hits[0].legs


def test_an_index_that_is_opened_anew_finds_the_same(milvus, reader, collection):
    indexed(*TEXTS, collection=collection)
    before = legs(search(ASKED, scope=Scope.of(reader)))
    milvus.close()
    index_snapshot._opener.cache_clear()

    assert legs(search(ASKED, scope=Scope.of(reader))) == before
    snapshot = index_snapshot.current_snapshot(embedding.current_generation().pk)
    assert isinstance(snapshot.dense, MilvusDense)


def test_a_node_keeps_no_vectors_where_milvus_has_them(milvus, collection):
    indexed(*TEXTS, collection=collection)

    snapshot = index_snapshot.current_snapshot(embedding.current_generation().pk)
    assert [live.segment.index.d for live in snapshot.segments.values()] == [1]
    assert snapshot.without_vector == 0
    assert verify().is_clean


def test_vectors_move_into_milvus_and_back_without_embedding(
    configure, lite, reader, collection, monkeypatch
):
    in_files = config.load
    indexed(*TEXTS, collection=collection)
    monkeypatch.setattr(embedding, "embed_for", None)

    for place in (configured(milvus_uri=lite), in_files()):
        monkeypatch.setattr(config, "load", lambda place=place: place)
        assert "lexical" in search("lift", scope=Scope.of(reader)).hits[0].legs
        indexer.catch_up()
        index_state.rebuild()
        assert "dense" in search(ASKED, scope=Scope.of(reader)).hits[0].legs
        assert verify().is_clean
