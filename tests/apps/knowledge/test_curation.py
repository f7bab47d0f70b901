"""What curators change by hand."""

import pytest

from apps.core.errors import Forbidden, Invalid
from apps.knowledge.access import Scope, chunks_of
from apps.knowledge.curation import chunk_exclude, chunk_include, document_describe
from tests.factories import ChunkFactory, CollectionFactory, DocumentFactory, UserFactory

pytestmark = pytest.mark.django_db


def test_an_excluded_chunk_is_out_of_every_answer_until_it_is_let_in_again():
    writer = UserFactory()
    chunk = ChunkFactory(version__document__collection=CollectionFactory(writers=[writer]))

    chunk_exclude(chunk=chunk, by=writer)
    while_excluded = list(chunks_of(Scope.of(writer)))
    chunk_include(chunk=chunk, by=writer)

    assert while_excluded == []
    assert list(chunks_of(Scope.of(writer))) == [chunk]


def test_a_reader_may_not_exclude_a_chunk():
    reader = UserFactory()
    chunk = ChunkFactory(version__document__collection=CollectionFactory(readers=[reader]))

    with pytest.raises(Forbidden):
        chunk_exclude(chunk=chunk, by=reader)


def test_a_description_changes_only_what_it_names():
    writer = UserFactory()
    document = DocumentFactory(collection=CollectionFactory(writers=[writer]), url="http://old")

    document_describe(document=document, by=writer, values={"title": "Travel policy"})

    document.refresh_from_db()
    assert (document.title, document.url) == ("Travel policy", "http://old")


def test_a_description_cannot_move_a_document():
    writer = UserFactory()
    document = DocumentFactory(collection=CollectionFactory(writers=[writer]))

    with pytest.raises(Invalid):
        document_describe(document=document, by=writer, values={"path": "elsewhere.txt"})
