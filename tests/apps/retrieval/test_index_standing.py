"""What /readyz asks of the index: real files, whole, cut off and gone."""

import shutil

import pytest

from apps.knowledge import changes
from apps.retrieval import embedding, index_following
from apps.retrieval.index_files import folder_of
from apps.retrieval.index_snapshot import _opener
from apps.retrieval.index_standing import index_standing
from tests.apps.retrieval.indexing import indexed
from tests.factories import CollectionFactory

pytestmark = pytest.mark.django_db


def folder():
    return folder_of(embedding.current_generation().pk)


def test_there_is_none_before_the_first_publish():
    assert index_standing() is None


def test_an_index_tells_how_far_it_is():
    indexed("a first text", "a second text", collection=CollectionFactory())

    standing = index_standing()

    assert (standing.change_seq, standing.missing_files) == (changes.latest(), 0)


def test_files_that_cannot_be_opened_are_counted_until_they_are_made_anew():
    indexed("a first text", "a second text", collection=CollectionFactory())
    vectors = next(folder().rglob("vectors*"))
    vectors.write_bytes(vectors.read_bytes()[:-1])
    _opener.cache_clear()  # as a process that opens the index now

    assert index_standing().missing_files == 1
    index_following.catch_up_here(check_content=True)
    assert index_standing().missing_files == 0


def test_an_index_that_was_thrown_away_is_none():
    indexed("a first text", collection=CollectionFactory())
    index_standing()

    shutil.rmtree(folder())

    assert index_standing() is None
