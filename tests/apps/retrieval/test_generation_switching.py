"""Another embedding model is built beside the one in use, switched to, gone back from, given up."""

import shutil

import numpy as np
import pytest

from apps.core import config
from apps.core.errors import Conflict
from apps.knowledge.access import Scope
from apps.retrieval import (
    embedding,
    generation_building,
    generation_indexes,
    generation_jobs,
    generation_models,
    generation_switching,
    indexer,
    searched,
    vectors,
)
from apps.retrieval.generation_records import GenerationJob
from apps.retrieval.index_files import folder_of
from apps.retrieval.models import EmbeddingGeneration
from tests.apps.retrieval.generations import STATIC, built, legs_of, switched
from tests.apps.retrieval.indexing import indexed
from tests.factories import CollectionFactory, UserFactory

pytestmark = pytest.mark.django_db
TEXTS = ("The office opens at nine.", "员工每年有十五天年假。", "The lift is out of order.")
GARAGE = "The garage is closed."
QUERY = "When does the office open?"
State = EmbeddingGeneration.State


@pytest.fixture
def place(reader):
    return CollectionFactory(readers=[reader])


@pytest.fixture
def scope(reader, place):
    return Scope.of(reader)


@pytest.fixture(autouse=True)
def first(place):
    """The generation in use, with its index."""
    indexed(*TEXTS, collection=place)
    return embedding.current_generation()


def test_building_leaves_what_is_searched_as_it_is(first, scope):
    second = built()

    assert second.state == State.READY
    assert (second.dimension, second.vectors.count()) == (192, 3)
    assert embedding.current_generation() == first
    assert legs_of(QUERY, scope) == ({"lexical", "dense"}, ())


def test_one_that_is_ready_has_a_whole_index_before_anybody_switches():
    second = searched.searched_in(built())

    assert second.snapshot.manifest.dimension == 192
    assert (second.snapshot.manifest.rows, second.snapshot.without_vector) == (3, 0)
    assert generation_indexes.waited_for(second.generation) == []


def test_after_the_switch_both_legs_answer_with_the_new_model(first, scope):
    second = switched()

    assert searched.current().generation == second
    assert searched.current().vector_of(QUERY).shape == (192,)
    assert legs_of(QUERY, scope) == ({"lexical", "dense"}, ())


def test_the_one_before_keeps_vectors_index_and_place(first):
    switched()

    first.refresh_from_db()
    assert (first.state, first.vectors.count()) == (State.RETIRED, 3)
    assert first.location == "models/clawdbot-embedder"
    assert folder_of(first.pk).exists()


def test_going_back_is_at_once_and_whole(first, scope):
    switched()

    assert generation_switching.rollback(by=None) == first

    assert searched.current().vector_of(QUERY).shape == (384,)
    assert legs_of(QUERY, scope) == ({"lexical", "dense"}, ())


def test_a_text_published_while_one_waits_gets_both_vectors(place):
    second = built()

    indexed(GARAGE, collection=place)

    assert second.vectors.count() == 4
    assert searched.searched_in(second).snapshot.without_vector == 0


def test_a_text_published_after_the_switch_is_found_by_words_after_going_back(place, scope):
    switched()
    indexed(GARAGE, collection=place)

    first = generation_switching.rollback(by=None)

    legs, degraded = legs_of("garage", scope, GARAGE)
    assert legs == {"lexical"}
    assert degraded == ("dense: 1 passages have no vector yet",)
    assert sum(generation_building.complete(first)) == 1
    indexer.catch_up()
    assert legs_of("garage", scope, GARAGE) == ({"lexical", "dense"}, ())


def test_when_the_waiting_model_fails_new_texts_are_taken_in_all_the_same():
    second = built()
    EmbeddingGeneration.objects.filter(pk=second.pk).update(model_sha256="1" * 64)

    assert embedding.embed_missing({"d" * 64: GARAGE}) == 1

    assert second.vectors.count() == 3


def test_one_that_is_not_built_cannot_be_switched_to():
    planned = generation_building.planned(STATIC)

    with pytest.raises(Conflict, match="not built yet"):
        generation_switching.flip(planned, by=None)


def test_one_whose_index_is_not_there_cannot_be_switched_to():
    second = built()
    shutil.rmtree(folder_of(second.pk))

    with pytest.raises(Conflict, match="not complete"):
        generation_switching.flip(second, by=None)


def test_a_node_without_the_new_index_answers_with_the_one_before(first, scope):
    second = switched()
    shutil.rmtree(folder_of(second.pk))

    legs, degraded = legs_of(QUERY, scope)

    assert legs == {"lexical", "dense"}
    assert "the one before is used" in degraded[0]


def test_the_one_in_use_cannot_be_discarded(first):
    with pytest.raises(Conflict, match="in use"):
        generation_switching.discard(first, by=None)


def test_discarding_takes_vectors_in_slices_and_then_the_index(first, monkeypatch):
    second = built()
    monkeypatch.setattr(generation_switching, "_SLICE", 2)

    generation_switching.discard(second, by=None)
    second.refresh_from_db()

    assert [generation_switching.remove_vectors(second) for _ in range(3)] == [2, 1, 0]
    assert first.vectors.count() == 3
    assert generation_indexes.remove_unfollowed() == [folder_of(second.pk)]
    assert not folder_of(second.pk).exists()


def test_one_that_was_discarded_can_be_built_again(scope):
    second = built()
    generation_switching.discard(second, by=None)
    second.refresh_from_db()
    generation_switching.remove_vectors(second)
    generation_jobs.stop(second)

    assert switched() == second
    assert legs_of(QUERY, scope) == ({"lexical", "dense"}, ())


def test_without_its_model_nobody_can_go_back(first):
    switched()
    EmbeddingGeneration.objects.filter(pk=first.pk).update(model_sha256="0" * 64)

    with pytest.raises(Conflict, match="is not in"):
        generation_switching.rollback(by=None)


def test_a_damaged_model_folder_is_words_only_and_says_what_to_do(scope, tmp_path):
    folder = shutil.copytree(STATIC, tmp_path / "other")
    switched(folder)
    (folder / "model.json").unlink()
    generation_models.release()
    embedding.forget_queries()

    legs, degraded = legs_of(QUERY, scope)

    assert legs == {"lexical"}
    assert str(folder) in degraded[0]
    assert "Put its folder back" in degraded[0]


def test_what_was_done_is_on_record_with_who_did_it(first):
    root = UserFactory(is_superuser=True)

    generation_switching.flip(built(), by=root)
    generation_switching.rollback(by=root)

    done = GenerationJob.objects.filter(requested_by=root, state="done").order_by("pk")
    assert [job.kind for job in done] == ["switch", "rollback"]


def test_models_that_are_not_used_any_more_leave_the_memory(first, monkeypatch):
    monkeypatch.setattr(generation_models, "KEPT_S", 0.0)
    generation_models.release()
    second = switched()

    for generation in (first, second, second):
        generation_models.embedder_of(generation)

    assert [key[1] for key in generation_models._models] == [192]


def test_an_estimate_counts_what_is_missing_and_what_the_disk_has():
    found = generation_building.estimate(generation_building.planned(STATIC))

    assert found.texts == 3
    assert found.per_second > 0
    assert found.vector_bytes >= 3 * 2 * 192
    assert found.has_room


def test_an_estimate_without_room_says_so(monkeypatch):
    usage = shutil.disk_usage(config.load().data_dir)._replace(free=1000)
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: usage)

    assert not generation_building.estimate(generation_building.planned(STATIC)).has_room


def test_vectors_of_one_dimension_cannot_be_stored_in_the_other():
    second = built()

    with pytest.raises(ValueError, match="192"):
        vectors.store(second, ["e" * 64], np.ones((1, 384), np.float32))
