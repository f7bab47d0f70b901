"""Somebody who may read one collection, and the folder of the index that is searched."""

import pytest

from apps.retrieval import embedding
from apps.retrieval.index_files import folder_of
from tests.factories import CollectionFactory, UserFactory


@pytest.fixture
def reader():
    return UserFactory()


@pytest.fixture
def collection(reader):
    return CollectionFactory(readers=[reader])


@pytest.fixture
def folder():
    return folder_of(embedding.current_generation().pk)
