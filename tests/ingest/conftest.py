"""Somebody who may write to one collection."""

import pytest

from tests.factories import CollectionFactory, UserFactory


@pytest.fixture
def writer():
    return UserFactory()


@pytest.fixture
def collection(writer):
    return CollectionFactory(writers=[writer])
