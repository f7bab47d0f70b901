"""Finds what the asker may read, and only that."""

import pytest

from apps.core import config
from apps.core.errors import Retryable
from apps.knowledge.access import Scope
from apps.knowledge.deletion import document_delete
from apps.knowledge.models import Chunk
from apps.retrieval import embedding
from apps.retrieval.embedders import model_folder
from apps.retrieval.protocols import Filters
from apps.retrieval.search import search
from tests.apps.retrieval.indexing import found, indexed
from tests.factories import UserFactory

pytestmark = pytest.mark.django_db


def test_search_never_returns_a_chunk_the_user_may_not_read(reader, collection):
    outsider = UserFactory()
    (secret,) = indexed("the vault code is 42", collection=collection)

    assert found("vault code", Scope.of(reader)) == [secret.pk]
    assert found("vault code", Scope.of(outsider)) == []


def test_english_is_found_by_both_legs(reader, collection):
    right, _ = indexed(
        "Employees have 20 days of leave.", "The moon is far.", collection=collection
    )

    (best, *_) = search("How much leave does an employee get?", scope=Scope.of(reader)).hits

    assert best.chunk_id == right.pk
    assert best.legs == {"lexical": 1, "dense": 1}


def test_chinese_is_found_by_both_legs(reader, collection):
    right, _ = indexed("员工每年有二十天年假。", "月亮离我们很远。", collection=collection)

    result = search("年假有几天？", scope=Scope.of(reader))

    assert result.hits[0].chunk_id == right.pk
    assert result.hits[0].legs == {"lexical": 1, "dense": 1}
    assert result.language == "zh"


def test_a_question_finds_what_says_the_same_in_other_words(reader, collection):
    right, _ = indexed("午休时间为十二点到一点。", "月亮离我们很远。", collection=collection)

    (best, *_) = search("吃饭要多久？", scope=Scope.of(reader)).hits

    assert best.chunk_id == right.pk
    assert best.legs == {"dense": 1}


def test_chinese_is_found_by_words_alone_when_the_embedder_knows_none(
    reader, collection, monkeypatch
):
    right, _ = indexed("员工每年有二十天年假。", "月亮离我们很远。", collection=collection)
    english = model_folder.describe(config.load().embedder_dir).model_copy(
        update={"languages": frozenset({"en"})}
    )
    monkeypatch.setattr(model_folder, "describe", lambda folder: english)

    result = search("年假有几天？", scope=Scope.of(reader))

    assert [hit.chunk_id for hit in result.hits] == [right.pk]
    assert "embed" not in result.timings_ms


def test_the_matching_characters_are_marked(reader, collection):
    indexed("the vault code is 42", collection=collection)

    (hit,) = search("vault", scope=Scope.of(reader)).hits

    assert [hit.text[start:end] for start, end in hit.spans] == ["vault"]


def test_a_deleted_document_is_gone_although_the_index_still_has_it(reader, collection):
    (chunk,) = indexed("the vault code is 42", collection=collection)

    document_delete(document=chunk.version.document, by=UserFactory(is_superuser=True))

    assert found("vault code", Scope.of(reader)) == []


def test_an_excluded_chunk_is_not_found(reader, collection):
    (chunk,) = indexed("the vault code is 42", collection=collection)

    Chunk.objects.filter(pk=chunk.pk).update(is_excluded=True)

    assert found("vault code", Scope.of(reader)) == []


def test_filters_hold_before_the_best_are_chosen(reader, collection):
    texts = [f"vault code number {number}" for number in range(12)]
    *_, last = indexed(*texts, collection=collection)
    only_last = Filters(documents=(last.version.document.uuid,))

    assert found("vault code", Scope.of(reader), top_k=1, filters=only_last) == [last.pk]


def test_metadata_filters_compare_values(reader, collection):
    (chunk,) = indexed(
        "the vault code", collection=collection, version__document__metadata={"year": 2024}
    )

    assert found("vault", Scope.of(reader), filters=Filters(metadata={"year": 2024})) == [chunk.pk]
    assert found("vault", Scope.of(reader), filters=Filters(metadata={"year": 2023})) == []


def test_the_same_text_in_two_files_comes_once(reader, collection):
    first, *_ = indexed("The vault code is 42.", "the vault code is 42", collection=collection)

    assert len(found("the vault code is 42", Scope.of(reader))) == 1
    assert first.pk


def test_a_search_takes_two_queries(reader, collection, django_assert_num_queries):
    indexed(*(f"vault number {number}" for number in range(15)), collection=collection)
    scope = Scope.of(reader)

    with django_assert_num_queries(2):
        search("vault number", scope=scope)


def test_without_an_index_nothing_is_found_and_the_reason_given(reader):
    result = search("anything", scope=Scope.of(reader))

    assert result.hits == ()
    assert result.degraded[0].startswith("index:")


def test_when_the_embedder_fails_words_alone_answer(reader, collection, monkeypatch):
    (chunk,) = indexed("the vault code is 42", collection=collection)

    def fail(text, generation):
        raise Retryable("The model is busy.")

    monkeypatch.setattr(embedding, "embed_query", fail)
    result = search("vault code", scope=Scope.of(reader))

    assert [hit.chunk_id for hit in result.hits] == [chunk.pk]
    assert "dense: The model is busy." in result.degraded


@pytest.mark.parametrize(
    "query", ["", "   ", "?!", "\x00", "a" * 50_000, "税 " * 9_000, "OR AND ("]
)
def test_any_text_is_a_legal_query(reader, collection, query):
    indexed("the vault code is 42", collection=collection)

    assert search(query, scope=Scope.of(reader)).timings_ms["total"] >= 0


def test_every_stage_is_timed(reader, collection):
    indexed("the vault code is 42", collection=collection)

    timings = search("vault", scope=Scope.of(reader)).timings_ms

    assert set(timings) == {"embed", "dense", "lexical", "fuse", "hydrate", "read", "total"}
