"""A repair puts right what a verify found, as often as it is run and wherever it is killed."""

import json

import numpy as np
import pytest

from apps.knowledge.access import Scope
from apps.knowledge.deletion import versions_retire
from apps.knowledge.models import Chunk, Version, VersionState
from apps.retrieval import index_repair, index_rows, indexer
from apps.retrieval.index_files import check_request, folder_of, repair_request
from apps.retrieval.index_lock import write_lock
from apps.retrieval.models import EmbeddingGeneration, Vector
from apps.retrieval.verify import verify
from apps.retrieval.verifying.findings import nothing_shown
from tests.apps.retrieval.indexing import found, indexed
from tests.factories import ChunkFactory

pytestmark = pytest.mark.django_db

STEPS = [
    "apps.retrieval.index_repair.remove_stale",
    "apps.retrieval.vectors.drop_unused",
    "apps.retrieval.embedding.embed_for",
    "apps.retrieval.index_repair.write_durably",
    "apps.retrieval.index_following.catch_up_here",
    "apps.retrieval.index_recovery.quarantine",
    "apps.retrieval.index_writer.IndexWriter.publish",
    "apps.retrieval.manifest.point_to",
]


def repair():
    return index_repair.repair_index(verify(), nothing_shown)


def flip_vector(chunk):
    stored = Vector.objects.get(text_sha256=chunk.text_sha256)
    codes = np.frombuffer(stored.data, "<u2").copy()
    codes[0] ^= 1
    Vector.objects.filter(pk=stored.pk).update(data=codes.tobytes())


def drifted(collection, folder):
    """An orphan, a lost vector, an unsound one, a differing one and a damaged file."""
    chunks = indexed(*(f"vault number {n}" for n in range(6)), collection=collection)
    Chunk.objects.filter(pk=chunks[0].pk).delete()
    Vector.objects.filter(text_sha256=chunks[1].text_sha256).delete()
    Vector.objects.filter(text_sha256=chunks[2].text_sha256).update(data=b"\0")
    flip_vector(chunks[3])
    path = next(path for path in folder.rglob("*.term") if "work" not in path.parts)
    content = path.read_bytes()
    path.unlink()
    path.write_bytes(content[:-1])
    return [chunk.pk for chunk in chunks[1:]]


def test_everything_at_once_is_put_right(reader, collection, folder):
    expected = drifted(collection, folder)

    repair()

    assert verify().is_clean
    assert set(found("vault", Scope.of(reader), top_k=20)) == set(expected)


@pytest.mark.parametrize("step", STEPS)
def test_a_repair_killed_at_any_step_loses_nothing(step, reader, collection, folder, monkeypatch):
    expected = drifted(collection, folder)

    with monkeypatch.context() as killing:
        killing.setattr(step, lambda *args, **kwargs: (_ for _ in ()).throw(SystemError("killed")))
        with pytest.raises(SystemError):
            repair()
    between = found("vault", Scope.of(reader), top_k=20)
    repair()

    assert set(between) <= set(expected)
    assert verify().is_clean
    assert set(found("vault", Scope.of(reader), top_k=20)) == set(expected)


def test_a_second_repair_does_nothing(collection, folder):
    drifted(collection, folder)
    repair()

    assert repair() == []


@pytest.mark.parametrize("field", ["collection_id", "document_id", "version_id", "text"])
def test_what_was_written_wrongly_is_published_again(field, collection, monkeypatch):
    sound = index_rows.IndexRow.__init__

    def wrong(row, **given):
        sound(row, **given | {field: given[field] * 2})

    with monkeypatch.context() as writing:
        writing.setattr(index_rows.IndexRow, "__init__", wrong)
        indexed("the vault code is 42", "the vault is old", collection=collection)
    assert field == "text" or not verify().is_clean
    repair()

    assert verify().is_clean


def test_words_that_no_version_leads_to_leave_with_all_words(collection, folder, monkeypatch):
    gone, _ = indexed("the vault code is 42", "another", collection=collection)
    with monkeypatch.context() as writing:
        writing.setattr("apps.retrieval.lexical.writer.TantivyWriter.delete", lambda *given: None)
        versions_retire(Version.objects.filter(pk=gone.version_id), VersionState.DEAD)
        indexer.catch_up()
    Chunk.objects.filter(pk=gone.pk).delete()
    Vector.objects.filter(text_sha256=gone.text_sha256).delete()

    assert verify().orphans == 1
    repair()

    assert verify().is_clean


def test_leftovers_and_stale_things_go(collection, folder):
    indexed("the vault code is 42", collection=collection)
    leftover = folder / "000001" / "dead-9.npy"
    leftover.write_bytes(b"left by a crash")
    old = EmbeddingGeneration.objects.create(model_sha256="0" * 64, dimension=2, state="discarded")
    Vector.objects.create(generation=old, text_sha256="0" * 64, data=b"\0" * 4)
    folder_of(old.pk).mkdir()

    repair()

    assert not leftover.exists()
    assert not folder_of(old.pk).exists()
    assert not old.vectors.exists()


def test_an_index_that_is_not_there_is_made(reader, collection):
    chunk = ChunkFactory(text="the vault code is 42", version__document__collection=collection)

    repair()

    assert found("vault", Scope.of(reader)) == [chunk.pk]
    assert verify().is_clean


def test_a_chunk_without_a_vector_is_embedded(reader, collection):
    ChunkFactory(text="the vault code is 42", version__document__collection=collection)
    indexer.catch_up()

    done = repair()

    assert "1 texts embedded" in done
    assert verify().is_clean


def test_requests_are_left_for_the_indexer_that_holds_the_lock(collection, folder, monkeypatch):
    flip_vector(indexed("the vault code is 42", collection=collection)[0])
    (chunk,) = Chunk.objects.all()
    monkeypatch.setattr(index_repair, "_await", lambda requests, progress: None)

    with write_lock():
        repair()

    assert json.loads(repair_request(folder).read_bytes())["versions"] == [chunk.version_id]
    assert check_request(folder).exists()
    indexer.catch_up()
    index_repair.repair_index(verify(), nothing_shown)


def test_a_request_that_cannot_be_read_is_dropped(collection, folder):
    indexed("the vault code is 42", collection=collection)
    repair_request(folder).write_bytes(b"\xff")

    from apps.retrieval import index_following

    with write_lock():
        index_following.catch_up_here()

    assert not repair_request(folder).exists()
    assert verify().is_clean
