"""The node's indexer keeps a writer for each generation that is followed, as these come and go."""

from contextlib import closing

import pytest

from apps.retrieval import embedding, generation_building, generation_switching, index_following
from apps.retrieval.followed_writers import FollowedWriters
from apps.retrieval.generation_records import GenerationIndex
from apps.retrieval.index_files import folder_of
from apps.retrieval.index_lock import write_lock
from apps.retrieval.models import NodeIndex
from tests.apps.retrieval.generations import STATIC, switched
from tests.apps.retrieval.indexing import indexed
from tests.factories import CollectionFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def first(monkeypatch):
    monkeypatch.setattr("apps.retrieval.followed_writers.LOOK_S", 0.0)
    indexed("The office opens at nine.", collection=CollectionFactory())
    return embedding.current_generation()


def looked(followed):
    """What is followed once everything that was being opened is open."""
    list(followed)
    for opening in followed._opening.values():
        opening.thread.join()
    return [writer.generation for writer in followed]


def ready():
    generation = generation_building.planned(STATIC)
    list(generation_building.fill(generation))
    generation_building.mark_ready(generation)
    return generation


def test_one_that_becomes_ready_is_followed_beside_the_one_in_use(first):
    with closing(FollowedWriters()) as followed:
        assert looked(followed) == [first]
        second = ready()

        assert looked(followed) == [first, second]
        assert GenerationIndex.objects.get(generation=second).rows == 1


def test_what_is_discarded_is_dropped_with_its_folder(first):
    with closing(FollowedWriters()) as followed:
        second = ready()
        looked(followed)
        generation_switching.discard(second, by=None)

        assert looked(followed) == [first]
        assert not folder_of(second.pk).exists()


def test_after_a_switch_the_new_one_comes_first_and_the_old_one_is_still_followed(first):
    second = switched()

    with closing(FollowedWriters()) as followed:
        assert looked(followed) == [second, first]


def test_the_node_is_as_far_as_the_index_that_is_searched(first):
    second = ready()
    NodeIndex.objects.all().delete()

    with write_lock():
        index_following.catch_up_here()

    assert NodeIndex.objects.get().rows == 1
    assert set(GenerationIndex.objects.values_list("generation", flat=True)) == {
        first.pk,
        second.pk,
    }
