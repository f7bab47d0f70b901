"""What the asker narrowed the search to."""

import pytest

from apps.knowledge.access import Scope
from apps.retrieval.filters import row_filter
from apps.retrieval.protocols import Filters
from tests.factories import DocumentFactory, UserFactory

pytestmark = pytest.mark.django_db


def kept(document, **metadata):
    """Whether the document is among those that the filter leaves."""
    scope = Scope.of(UserFactory(is_superuser=True))
    return document.pk in row_filter(scope, Filters(metadata=metadata)).document_ids


@pytest.mark.parametrize(
    "key",
    ["team", "in", "contains", "team__name", "x__regex", "部门", "5", 'a"b', "a\\b", "a.b", ""],
)
def test_metadata_is_compared_by_any_key(key):
    document = DocumentFactory(metadata={key: "hr"})
    others = DocumentFactory(collection=document.collection, metadata={"other": "hr"})

    assert kept(document, **{key: "hr"})
    assert not kept(document, **{key: "it"})
    assert not kept(others, **{key: "hr"})


@pytest.mark.parametrize("value", ["人事", "", 7, 7.5, True, False, None, 'say "so"'])
def test_metadata_is_compared_by_any_plain_value(value):
    document = DocumentFactory(metadata={"team": value})

    assert kept(document, team=value)
    assert not kept(document, team="another")


def test_all_pairs_must_fit():
    document = DocumentFactory(metadata={"team": "hr", "year": 2024})

    assert kept(document, team="hr", year=2024)
    assert not kept(document, team="hr", year=2023)


@pytest.mark.parametrize("key", ["team__regex", "in", "contains", "isnull"])
def test_a_key_is_never_an_operator(key):
    assert not kept(DocumentFactory(metadata={"team": "hr"}), **{key: "("})
