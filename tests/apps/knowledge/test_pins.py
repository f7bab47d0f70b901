"""Pins."""

import pytest

from apps.core.errors import NotFound
from apps.knowledge.models import Pin
from apps.knowledge.pins import pin_set, pinned_ids
from tests.factories import CollectionFactory, UserFactory

pytestmark = pytest.mark.django_db


def test_a_pin_is_set_once_and_taken_back():
    user = UserFactory()
    collection = CollectionFactory(readers=[user])

    for _ in range(2):
        pin_set(user=user, collection=collection, is_pinned=True)
    assert pinned_ids(user) == {collection.pk}

    for _ in range(2):
        pin_set(user=user, collection=collection, is_pinned=False)
    assert pinned_ids(user) == frozenset()


def test_what_may_not_be_read_is_not_pinned():
    user, collection = UserFactory(), CollectionFactory()

    with pytest.raises(NotFound):
        pin_set(user=user, collection=collection, is_pinned=True)

    assert not Pin.objects.exists()
