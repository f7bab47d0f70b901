"""A collection's questions have a default set, whatever its curators do to sets."""

import pytest
from django.utils import translation

from apps.evaluation.golden_sets import (
    golden_set_default,
    golden_set_delete,
    golden_set_update,
)
from apps.evaluation.models import DEFAULT_NAME, GoldenSet
from tests.factories import CollectionFactory, UserFactory

pytestmark = pytest.mark.django_db


def test_a_set_that_was_given_the_name_of_the_default_one_becomes_it():
    by, first = UserFactory(is_superuser=True), golden_set_default(CollectionFactory())
    golden_set_update(golden_set=first, by=by, values={"name": "Old"})
    other = GoldenSet.objects.create(collection=first.collection, name=DEFAULT_NAME)
    golden_set_delete(golden_set=first, by=by)

    assert golden_set_default(other.collection) == other
    assert GoldenSet.objects.get().is_default


def test_the_default_set_is_named_in_the_readers_language_until_it_is_renamed():
    found = golden_set_default(CollectionFactory(name="Office"))

    with translation.override("zh-hans"):
        named = str(found)
        found.name = "Golden answers"
        renamed = str(found)

    assert (named, renamed) == ("Office / 评测问题", "Office / Golden answers")
