"""Publishes states that are whole, whatever happens in between."""

import numpy as np
import pytest

from apps.knowledge import changes
from apps.knowledge.access import Scope
from apps.knowledge.models import Change, Version, VersionState
from apps.retrieval import embedding, index_following, index_state, indexer, manifest
from apps.retrieval.index_writer import IndexWriter
from apps.retrieval.models import GenerationIndex, NodeIndex, Vector
from apps.retrieval.verify import verify
from tests.apps.retrieval.indexing import found, indexed, touched
from tests.factories import ChunkFactory

pytestmark = pytest.mark.django_db

STEPS = [
    "apps.retrieval.index_staging.write_segment",
    "apps.retrieval.index_staging.Staging.with_dead_written",
    "apps.retrieval.lexical.writer.TantivyWriter.add",
    "apps.retrieval.lexical.writer.TantivyWriter.commit",
    "apps.retrieval.lexical.writer.TantivyWriter.snapshot",
    "apps.retrieval.index_staging.write_durably",
    "apps.retrieval.index_staging.Staging.publish",
    "apps.retrieval.manifest.point_to",
    "apps.retrieval.index_writer.remove_unreferenced",
    "apps.retrieval.node_index.note_published",
]


def retire(chunk):
    Version.objects.filter(pk=chunk.version_id).update(state=VersionState.DEAD)
    changes.record(Change.Kind.RETIRE, [chunk.version_id])


def die(*args, **kwargs):
    raise SystemError("killed")


@pytest.mark.parametrize("step", STEPS)
def test_a_writer_killed_at_any_step_leaves_a_whole_index(step, reader, collection, monkeypatch):
    old, gone = indexed("the vault code is 42", "the vault is old", collection=collection)
    retire(gone)
    new = ChunkFactory(text="the vault is new", version__document__collection=collection)
    embedding.embed_missing({new.text_sha256: new.indexed_text})

    monkeypatch.setattr(step, die)
    with pytest.raises(SystemError):
        indexer.catch_up()
    monkeypatch.undo()
    between = found("vault", Scope.of(reader))
    indexer.catch_up()

    assert old.pk in between
    assert gone.pk not in between
    assert set(found("vault", Scope.of(reader))) == {old.pk, new.pk}
    assert verify().is_clean


def test_the_same_change_twice_gives_each_chunk_once(reader, collection):
    (chunk,) = indexed("the vault code is 42", collection=collection)

    touched(chunk)
    indexer.catch_up()

    assert found("vault", Scope.of(reader)) == [chunk.pk]
    assert index_state.status().rows == 1


def test_a_retired_version_leaves_the_index(collection):
    gone, _ = indexed("the vault code is 42", "another text", collection=collection)

    retire(gone)
    indexer.catch_up()

    assert verify().is_clean
    assert index_state.status().rows == 1


def test_small_publishes_are_merged_and_nothing_is_lost(reader, collection):
    chunks = [indexed(f"vault number {n}", collection=collection)[0] for n in range(12)]

    assert index_state.status().segments == 1
    assert set(found("vault", Scope.of(reader), top_k=20)) == {chunk.pk for chunk in chunks}


def test_files_of_former_states_are_removed(collection, folder):
    for number in range(5):
        indexed(f"vault number {number}", collection=collection)

    assert len(list(folder.glob("[0-9]*/lexical"))) == 2


def test_a_chunk_without_a_vector_is_found_by_words(reader, collection):
    chunk = ChunkFactory(text="the vault code is 42", version__document__collection=collection)

    indexer.catch_up()

    assert found("vault", Scope.of(reader)) == [chunk.pk]
    assert verify().missing == 1


def test_the_node_says_how_far_it_is(collection):
    indexed("the vault code is 42", collection=collection)

    assert NodeIndex.objects.get().change_seq == changes.latest() > 0


@pytest.mark.parametrize(
    "name", ["vectors.faiss", "rows.npy", "meta.json", "CURRENT", "manifest.json"]
)
def test_a_damaged_file_is_set_aside_and_rebuilt(name, reader, collection, folder):
    (chunk,) = indexed("the vault code is 42", collection=collection)
    (path,) = [path for path in folder.rglob(name) if "work" not in path.parts]
    path.write_bytes(path.read_bytes()[:-1])

    IndexWriter(embedding.current_generation()).close()

    assert found("vault", Scope.of(reader)) == [chunk.pk]
    assert list((folder / "quarantine").iterdir())
    assert verify().is_clean


def test_a_flipped_bit_is_found_by_the_hashes(collection, folder):
    indexed("the vault code is 42", collection=collection)
    (path,) = folder.rglob("vectors.faiss")
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)

    assert verify().corrupt == (str(path.relative_to(folder)),)
    IndexWriter(embedding.current_generation(), check_content=True).close()
    assert verify().is_clean


def test_search_goes_on_without_a_damaged_segment(reader, collection, folder):
    (chunk,) = indexed("the vault code is 42", collection=collection)
    next(folder.rglob("vectors.faiss")).write_bytes(b"")

    assert found("vault", Scope.of(reader)) == [chunk.pk]


def test_a_rebuild_embeds_nothing_and_gives_the_same(reader, collection, monkeypatch):
    chunks = indexed("the vault code is 42", "the vault is old", collection=collection)
    before = found("vault", Scope.of(reader))

    monkeypatch.setattr(embedding, "embed_missing", die)
    index_state.rebuild()

    assert found("vault", Scope.of(reader)) == before
    assert index_state.status().rows == len(chunks)


def test_a_rebuild_writes_segments_as_big_as_they_may_be(reader, collection, monkeypatch):
    chunks = indexed(*(f"vault number {n}" for n in range(5)), collection=collection)

    monkeypatch.setattr("apps.retrieval.index_writer.FULL_ROWS", 2)
    monkeypatch.setattr("apps.retrieval.index_composition.FULL_ROWS", 2)
    monkeypatch.setattr("apps.retrieval.index_composition.ROWS_READ_AT_ONCE", 1)
    index_state.rebuild()

    assert index_state.status().segments == 3
    assert set(found("vault", Scope.of(reader), top_k=20)) == {chunk.pk for chunk in chunks}
    assert verify().is_clean


def test_an_index_of_another_database_is_rebuilt(reader, collection, folder):
    (chunk,) = indexed("the vault code is 42", collection=collection)
    Change.objects.all().delete()
    changes.ChangeSequence.objects.update(last=0)

    indexer.catch_up()

    assert manifest.load(folder).change_seq == 0
    assert found("vault", Scope.of(reader)) == [chunk.pk]


def test_an_index_that_a_restored_database_knows_nothing_of_is_rebuilt(reader, collection):
    (chunk,) = indexed("the vault code is 42", collection=collection)
    GenerationIndex.objects.all().delete()  # not in backups
    other = ChunkFactory(text="the door code is 7", version__document__collection=collection)
    embedding.embed_missing({other.text_sha256: other.indexed_text})
    Change.objects.filter(version_id=other.version_id).delete()  # below its change
    touched(chunk)  # the database has gone on since

    index_following.catch_up_here()

    assert other.pk in found("door code", Scope.of(reader))


def test_an_index_of_an_older_format_is_rebuilt(reader, collection, monkeypatch):
    (chunk,) = indexed("the vault code is 42", collection=collection)

    monkeypatch.setattr(manifest, "FORMAT", manifest.FORMAT + 1)
    monkeypatch.setattr("apps.retrieval.index_writer.FORMAT", manifest.FORMAT)
    indexer.catch_up()

    assert found("vault", Scope.of(reader)) == [chunk.pk]


def test_vectors_in_the_index_are_those_of_the_database(collection, folder):
    from apps.retrieval.index_snapshot import current_snapshot

    (chunk,) = indexed("the vault code is 42", collection=collection)
    stored = np.frombuffer(Vector.objects.get(text_sha256=chunk.text_sha256).data, "<f2")

    (live,) = current_snapshot(embedding.current_generation().pk).segments.values()

    assert np.array_equal(next(iter(live.segment.blocks(live.alive)))[0], stored)
