"""“Why not this document?”: every stage at which a document can be lost is told as what it is."""

import pytest

from apps.core.errors import Forbidden, NotFound
from apps.evaluation.probing.probe import probe
from apps.evaluation.probing.steps import Stage
from apps.knowledge import curation
from apps.knowledge.deletion import document_delete
from apps.knowledge.models import Chunk, Document, DocumentGrant
from apps.retrieval import indexer
from ingest import runner
from ingest.services import TextUpload, text_submit
from tests.apps.generation.conftest import collection, knowledge, reader
from tests.factories import UserFactory

__all__ = ["collection", "knowledge", "reader"]
pytestmark = pytest.mark.django_db
QUESTION = "Who designed the printer?"


@pytest.fixture
def root(knowledge):
    return UserFactory(is_superuser=True)


@pytest.fixture
def fallen(knowledge, root):
    """The stage that decides for a document of the small knowledge base."""

    def at(path, question=QUESTION, asker=None):
        document = Document.objects.get(path=path)
        found = probe(question, document, asker=asker or root, by=root)
        return found.fell_at and found.fell_at.stage

    return at


def added(collection, by, path, text):
    text_submit(collection=collection, text=TextUpload(path=path, title=path, text=text), by=by)
    runner.drain()
    indexer.catch_up()


def test_a_document_that_is_cited_fell_nowhere(fallen, knowledge, root):
    assert fallen("printer.txt") is None

    found = probe(QUESTION, knowledge["printer.txt"], asker=root, by=root)
    assert found.rank == 1
    assert [step.stage for step in found.steps][-1] is Stage.ANSWER


def test_one_that_says_nothing_of_it_loses_to_others(fallen):
    assert fallen("leave.txt") in {Stage.ANSWER, Stage.READER}


def test_the_asker_may_not_read_it(fallen, knowledge):
    assert fallen("printer.txt", asker=UserFactory()) is Stage.RIGHTS


def test_a_denial_is_named(knowledge, root, reader):
    document = knowledge["printer.txt"]
    DocumentGrant.objects.create(document=document, user=reader, is_denied=True)

    step = probe(QUESTION, document, asker=reader, by=root).fell_at

    assert step.stage is Stage.RIGHTS
    assert "Grant the collection" in step.remedy


def test_a_deleted_document_says_so(fallen, knowledge, reader):
    document_delete(document=knowledge["printer.txt"], by=reader)

    assert fallen("printer.txt") is Stage.STATUS


def test_a_document_that_could_not_be_read_tells_why(knowledge, collection, reader, root):
    text_submit(collection=collection, text=TextUpload(path="new.txt", text="New."), by=reader)

    found = probe(QUESTION, Document.objects.get(path="new.txt"), asker=root, by=root)

    assert found.fell_at.stage is Stage.STATUS


def test_passages_kept_out_of_search_are_the_reason(fallen, knowledge, reader):
    for chunk in Chunk.objects.filter(version__document=knowledge["printer.txt"]):
        curation.chunk_exclude(chunk=chunk, by=reader)

    assert fallen("printer.txt") is Stage.TEXT


def test_an_index_that_is_behind_is_the_reason(fallen, collection, reader):
    text = TextUpload(path="late.txt", title="Late", text="The late printer was made in 1999.")
    text_submit(collection=collection, text=text, by=reader)
    runner.drain()

    assert fallen("late.txt") is Stage.INDEX


def test_a_copy_is_told_from_what_was_not_found(fallen, collection, reader, knowledge):
    text = "The printer was designed by Anna Keller in 2014. Hold the green button for five "
    added(collection, reader, "z-copy.txt", text + "seconds to restart it.")

    stages = {fallen("printer.txt"), fallen("z-copy.txt")}

    assert Stage.FUSED in stages


def test_what_the_reader_does_not_get_to_is_told(fallen, configured):
    configured("retrieval", read=1)

    assert fallen("leave.txt") is Stage.FUSED


def test_a_refusal_is_told_with_its_figures(knowledge, root, collection):
    collection.min_confidence = 1.0
    collection.save()

    step = probe(QUESTION, knowledge["printer.txt"], asker=root, by=root).fell_at

    assert step.stage is Stage.ANSWER
    assert "1.00 are needed" in step.words


def test_only_who_manages_the_collection_looks_and_only_as_themselves(knowledge, reader, root):
    document = knowledge["printer.txt"]

    with pytest.raises(Forbidden):
        probe(QUESTION, document, asker=reader, by=reader)
    with pytest.raises(NotFound):
        probe(QUESTION, document, asker=root, by=UserFactory())
