"""Another embedding model, with the vectors of both in Milvus."""

import pytest

from apps.knowledge.access import Scope
from apps.retrieval import embedding, generation_switching, indexer, milvus_store
from apps.retrieval.models import EmbeddingGeneration, VectorStore
from tests.apps.retrieval.generations import built, legs_of, switched
from tests.apps.retrieval.indexing import indexed
from tests.factories import CollectionFactory, UserFactory

pytestmark = pytest.mark.django_db
ASKED = "When does the office open?"


@pytest.fixture
def scope(milvus):
    reader = UserFactory()
    collection = CollectionFactory(readers=[reader])
    indexed("The office opens at nine.", "The lift is out of order.", collection=collection)
    return Scope.of(reader)


def dimensions(milvus):
    names = milvus.names(VectorStore.here().prefix, timeout_s=5)
    told = (milvus.call(lambda client, name=name: client.describe_collection(name))
            for name in names)  # fmt: skip
    return sorted(int(one["fields"][-1]["params"]["dim"]) for one in told)


def test_a_model_that_is_built_beside_gets_a_collection_of_its_own(milvus, scope):
    first = embedding.current_generation()
    second = built()
    indexer.catch_up()

    assert dimensions(milvus) == sorted([first.dimension, second.dimension])
    assert legs_of(ASKED, scope) == ({"lexical", "dense"}, ())


def test_after_the_switch_questions_are_compared_with_the_new_vectors(milvus, scope):
    second = switched()

    assert embedding.current_generation() == second
    assert milvus_store.collection_of(second).count() == 2
    assert legs_of(ASKED, scope) == ({"lexical", "dense"}, ())


def test_the_way_back_is_there_until_it_is_given_up(milvus, scope):
    first = embedding.current_generation()
    switched()
    assert len(dimensions(milvus)) == 2

    generation_switching.rollback(by=None)

    assert embedding.current_generation() == EmbeddingGeneration.objects.get(pk=first.pk)
    assert legs_of(ASKED, scope) == ({"lexical", "dense"}, ())
