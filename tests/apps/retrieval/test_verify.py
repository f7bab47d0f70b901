"""Every kind of drift is found, and named by its place."""

import numpy as np
import pytest

from apps.knowledge import changes
from apps.knowledge.models import Change, Chunk, Page, Version, VersionState
from apps.retrieval import embedding, index_rows, indexer
from apps.retrieval.index_files import folder_of
from apps.retrieval.index_writer import IndexWriter
from apps.retrieval.models import EmbeddingGeneration, Vector
from apps.retrieval.verify import verify
from apps.retrieval.verifying.findings import Drift, Place
from tests.apps.retrieval.indexing import indexed, touched
from tests.factories import ChunkFactory, CollectionFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def collection():
    return CollectionFactory()


@pytest.fixture
def misread(monkeypatch):
    """Has the index written as if the database said something else."""

    def instead(**fields):
        sound = index_rows.IndexRow.__init__

        def wrong(row, **given):
            sound(row, **given | {key: change(given[key]) for key, change in fields.items()})

        monkeypatch.setattr(index_rows.IndexRow, "__init__", wrong)

    return instead


def drift():
    return {(finding.place, finding.drift): finding.count for finding in verify().findings}


def test_an_index_that_has_followed_is_clean(collection):
    indexed("the vault code is 42", "保险库的密码是四十二", collection=collection)

    assert verify().is_clean


def test_nothing_at_all_is_clean():
    assert verify().is_clean


def test_a_chunk_that_the_database_lost_is_an_orphan_everywhere(collection):
    gone, _ = indexed("the vault code is 42", "another text", collection=collection)

    Chunk.objects.filter(pk=gone.pk).delete()

    orphans = {(place, Drift.ORPHAN): 1 for place in (Place.VECTORS, Place.SEGMENTS, Place.WORDS)}
    assert drift() == orphans


def test_an_orphan_between_live_chunks_is_not_misplaced_too(collection):
    _, gone, _ = indexed("the vault code is 42", "another text", "a third", collection=collection)

    Chunk.objects.filter(pk=gone.pk).delete()

    assert drift()[Place.WORDS, Drift.ORPHAN] == 1
    assert (Place.WORDS, Drift.MISPLACED) not in drift()


def test_a_chunk_that_the_index_lost_is_missing(collection, monkeypatch):
    monkeypatch.setattr("apps.retrieval.index_writer.rows_of", lambda version_ids: iter([]))
    indexed("the vault code is 42", collection=collection)

    assert drift() == {(Place.SEGMENTS, Drift.MISSING): 1, (Place.WORDS, Drift.MISSING): 1}


@pytest.mark.parametrize("field", ["collection_id", "document_id"])
def test_a_row_in_the_wrong_place_is_found_in_vectors_and_words(field, collection, misread):
    misread(**{field: lambda id_: id_ + 1})
    indexed("the vault code is 42", "another text", collection=collection)

    found = drift()

    assert found[Place.SEGMENTS, Drift.MISPLACED] == 2
    assert found[Place.WORDS, Drift.MISPLACED] == 2


def test_a_row_of_the_wrong_version_is_misplaced(collection, misread):
    misread(version_id=lambda id_: id_ + 1000)
    indexed("the vault code is 42", collection=collection)

    assert drift()[Place.SEGMENTS, Drift.MISPLACED] == 1


def test_words_of_another_text_do_not_find_the_chunk(collection, misread):
    misread(text=lambda text: "something else altogether")
    indexed("the vault code is 42", collection=collection)

    assert drift() == {(Place.WORDS, Drift.DIFFERING): 1}


def test_a_vector_that_differs_in_its_last_bit_is_found(collection):
    chunk, _ = indexed("the vault code is 42", "another text", collection=collection)
    stored = Vector.objects.get(text_sha256=chunk.text_sha256)
    codes = np.frombuffer(stored.data, "<u2").copy()
    codes[-1] ^= 1
    Vector.objects.filter(pk=stored.pk).update(data=codes.tobytes())

    assert drift() == {(Place.SEGMENTS, Drift.DIFFERING): 1}


@pytest.mark.parametrize("spoil", [lambda d: d[:-2], lambda d: b"\0" * len(d),
                                   lambda d: b"\xff\x7f" + d[2:]])  # fmt: skip
def test_a_stored_vector_that_is_none_is_corrupt(spoil, collection):
    chunk, _ = indexed("the vault code is 42", "another text", collection=collection)
    stored = Vector.objects.get(text_sha256=chunk.text_sha256)

    Vector.objects.filter(pk=stored.pk).update(data=spoil(bytes(stored.data)))

    assert drift()[Place.VECTORS, Drift.CORRUPT] == 1


def test_a_live_chunk_without_a_vector_is_missing_one(collection):
    ChunkFactory(text="the vault code is 42", version__document__collection=collection)
    indexer.catch_up()

    assert drift() == {(Place.VECTORS, Drift.MISSING): 1}


def test_a_vector_that_came_after_the_row_is_missing_in_the_index(collection):
    chunk = ChunkFactory(text="the vault code is 42", version__document__collection=collection)
    indexer.catch_up()
    embedding.embed_missing({chunk.text_sha256: chunk.indexed_text})

    assert drift() == {(Place.SEGMENTS, Drift.MISSING): 1}


def test_vectors_and_folders_of_a_discarded_model_are_stale(collection):
    (chunk,) = indexed("the vault code is 42", collection=collection)
    old = EmbeddingGeneration.objects.create(model_sha256="0" * 64, dimension=2, state="discarded")
    Vector.objects.create(generation=old, text_sha256=chunk.text_sha256, data=b"\0" * 4)
    folder_of(old.pk).mkdir()

    assert drift() == {(Place.VECTORS, Drift.STALE): 1, (Place.FILES, Drift.STALE): 1}


def test_an_index_of_another_model_is_stale(collection):
    indexed("the vault code is 42", collection=collection)

    EmbeddingGeneration.objects.update(model_sha256="1" * 64)

    assert drift()[Place.SEGMENTS, Drift.STALE] == 1


def test_a_file_that_no_manifest_names_is_a_leftover(collection):
    indexed("the vault code is 42", collection=collection)
    folder = folder_of(embedding.current_generation().pk)
    (folder / "000001" / "dead-9.npy").write_bytes(b"left by a crash")

    assert drift() == {(Place.FILES, Drift.ORPHAN): 1}


@pytest.mark.parametrize("spoil", [{"text": "the vault is open"}, {"text_sha256": "0" * 64}])
def test_a_chunk_that_is_not_what_its_pages_say_differs(spoil, collection):
    chunk, _ = indexed("the vault code is 42", "another text", collection=collection)

    Chunk.objects.filter(pk=chunk.pk).update(**spoil)

    assert drift()[Place.TEXTS, Drift.DIFFERING] == 1


def test_chunks_of_several_pages_are_read_in_their_places():
    (chunk,) = indexed("first page", collection=CollectionFactory())
    Page.objects.create(version=chunk.version, number=2, start=11, text="second page")
    ChunkFactory(version=chunk.version, text="page\fsecond", start=6, end=17, page=1)
    ChunkFactory(version=chunk.version, text="page", start=18, end=22, page=2)
    touched(chunk)

    assert (Place.TEXTS, Drift.DIFFERING) not in drift()


def test_what_changed_since_the_last_publish_is_no_drift(collection):
    gone, _ = indexed("the vault code is 42", "another text", collection=collection)

    Version.objects.filter(pk=gone.version_id).update(state=VersionState.DEAD)
    changes.record(Change.Kind.RETIRE, [gone.version_id])
    Chunk.objects.filter(pk=gone.pk).delete()
    Vector.objects.filter(text_sha256=gone.text_sha256).delete()

    assert verify().is_clean
    assert verify().indexes[0].lag == 1


def test_what_is_published_while_it_looks_is_no_drift(collection, monkeypatch):
    indexed("the vault code is 42", collection=collection)
    looked = "apps.retrieval.verify.read_truth"
    from apps.retrieval.verify import read_truth

    def busy(*given):
        indexed("another text", collection=collection)
        indexed("a third", collection=collection)
        indexed("a fourth", collection=collection)
        return read_truth(*given)

    monkeypatch.setattr(looked, busy)

    assert verify().is_clean


def test_no_index_at_all_is_told_as_such(collection):
    ChunkFactory(version__document__collection=collection)

    assert drift()[Place.SEGMENTS, Drift.MISSING] == 1


def test_examples_are_few_and_the_count_is_whole(collection):
    indexed(*(f"vault number {n}" for n in range(7)), collection=collection)
    Chunk.objects.update(start=1)

    (finding,) = verify(examples=3).findings

    assert (finding.count, len(finding.examples)) == (7, 3)


def test_a_writer_takes_an_unsound_vector_for_none(collection):
    indexed("the vault code is 42", collection=collection)
    Vector.objects.update(data=b"\0")

    with_none = IndexWriter(embedding.current_generation())
    with_none.rebuild()
    with_none.close()

    assert drift() == {(Place.VECTORS, Drift.CORRUPT): 1}
