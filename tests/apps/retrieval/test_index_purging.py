"""What was deleted leaves every file of the index."""

from contextlib import closing

import numpy as np
import pytest
import tantivy

from apps.knowledge import changes
from apps.knowledge.access import Scope
from apps.knowledge.models import Change, Version, VersionState
from apps.retrieval import embedding, indexer, vectors
from apps.retrieval.index_purging import QUIET_S, Housekeeping
from apps.retrieval.index_writer import IndexWriter
from apps.retrieval.lexical import schema
from apps.retrieval.models import NodeIndex
from apps.retrieval.verify import verify
from tests.apps.retrieval.indexing import found, indexed, touched

pytestmark = pytest.mark.django_db


def retire(*chunks):
    gone = [chunk.version_id for chunk in chunks]
    Version.objects.filter(pk__in=gone).update(state=VersionState.DEAD)
    changes.record(Change.Kind.RETIRE, gone)


def word_is_in(folder, word):
    """Whether any Tantivy folder there, published or not, has the word in its dictionary."""
    searchers = [schema.opened(str(path.parent)).searcher() for path in folder.rglob("meta.json")]
    return any(searcher.doc_freq(schema.UNITS, word) for searcher in searchers)


def bytes_are_in(folder, wanted):
    return any(wanted in path.read_bytes() for path in folder.rglob("*") if path.is_file())


def test_a_deleted_word_and_its_vector_leave_every_file(collection, folder):
    gone, _ = indexed("the zanzibar clause", "another text", collection=collection)
    vector = vectors.vectors_of(embedding.current_generation(), [gone.text_sha256])
    wanted = vector[gone.text_sha256].tobytes()
    retire(gone)
    indexer.catch_up()
    assert word_is_in(folder, "zanzibar")
    assert bytes_are_in(folder, wanted)

    purged_seq = indexer.purge_now()

    assert not word_is_in(folder, "zanzibar")
    assert not bytes_are_in(folder, wanted)
    assert NodeIndex.objects.get().purged_seq == purged_seq == changes.latest()


def test_what_lives_is_found_after_a_purge(reader, collection):
    gone, *kept = indexed(*(f"vault number {n}" for n in range(20)), collection=collection)
    retire(gone)

    indexer.purge_now()

    assert set(found("vault", Scope.of(reader), top_k=50)) == {chunk.pk for chunk in kept}
    assert verify().is_clean


def test_a_purge_empties_the_quarantine(collection, folder):
    (gone,) = indexed("the zanzibar clause", collection=collection)
    (path,) = folder.rglob("vectors.faiss")
    path.write_bytes(path.read_bytes()[:-1])
    IndexWriter(embedding.current_generation()).close()
    assert list((folder / "quarantine").iterdir())

    retire(gone)
    indexer.purge_now()

    assert not (folder / "quarantine").exists()


def test_a_purge_that_has_nothing_to_purge_keeps_the_quarantine(collection, folder):
    indexed("the zanzibar clause", collection=collection)
    indexer.purge_now()
    (path,) = folder.rglob("vectors.faiss")
    path.write_bytes(path.read_bytes()[:-1])

    indexer.purge_now()

    assert list((folder / "quarantine").iterdir())


def test_a_version_retired_while_a_purge_runs_stays_dead(reader, collection, folder):
    first, second, kept = indexed("vault one", "vault two", "vault three", collection=collection)
    retire(first)
    indexer.catch_up()

    with closing(IndexWriter(embedding.current_generation())) as writer:
        writer.begin_purge()
        retire(second)
        writer.publish([second.version_id], changes.latest())
        writer.take_in(wait=True)

        assert writer.purged_seq == changes.latest() - 1
    assert found("vault", Scope.of(reader)) == [kept.pk]
    assert verify().is_clean


def test_a_version_published_again_while_a_purge_runs_is_there_once(reader, collection):
    gone, kept = indexed("vault one", "vault two", collection=collection)
    retire(gone)
    indexer.catch_up()

    with closing(IndexWriter(embedding.current_generation())) as writer:
        writer.begin_purge()
        touched(kept)
        writer.publish([kept.version_id], changes.latest())
        writer.take_in(wait=True)

    assert found("vault", Scope.of(reader)) == [kept.pk]
    assert verify().is_clean


def test_an_abandoned_rewriting_leaves_nothing(collection, folder):
    gone, _ = indexed("vault one", "vault two", collection=collection)
    retire(gone)
    indexer.catch_up()

    with closing(IndexWriter(embedding.current_generation())) as writer:
        writer.begin_purge()

    assert not (folder / ".rewriting").exists()
    assert verify().is_clean


def test_a_purge_waits_until_nothing_was_published_for_a_while(collection, monkeypatch):
    gone, _ = indexed("vault one", "vault two", collection=collection)
    with closing(IndexWriter(embedding.current_generation())) as writer:
        housekeeping = Housekeeping()
        retire(gone)
        writer.publish([gone.version_id], changes.latest())

        housekeeping.step([writer])
        writer.take_in(wait=True)
        assert writer.purged_seq < changes.latest()
        writer.published_at -= QUIET_S + 1
        housekeeping.step([writer])
        writer.take_in(wait=True)
        housekeeping.step([writer])

    assert NodeIndex.objects.get().purged_seq == changes.latest()


def test_many_segments_are_purged_of_their_words_in_any_number(tmp_path):
    from apps.retrieval.index_rows import IndexRow
    from apps.retrieval.lexical.purging import WordsPurge, has_deleted
    from apps.retrieval.lexical.writer import TantivyWriter

    writer = TantivyWriter(tmp_path / "work", None)
    for number in range(1, 7):
        writer.add(IndexRow(number, number, number, 1, "", f"vault word{number}"))
        writer.add(IndexRow(number + 100, number + 100, 1, 1, "", f"vault gone{number}"))
        writer.commit()
    writer.delete(range(101, 107))
    writer.commit()
    writer.snapshot(tmp_path / "published")
    purge = WordsPurge(tmp_path / "purge", tmp_path / "published")
    purge.run()

    assert writer.adopt(purge, [3])
    writer.commit()
    writer.snapshot(tmp_path / "after")

    searcher = schema.opened(str(tmp_path / "after")).searcher()
    assert searcher.num_docs == 5
    assert not has_deleted(tmp_path / "published") or searcher.doc_freq(schema.UNITS, "gone1") == 0


def test_a_big_segment_is_purged_too(tmp_path):
    from apps.retrieval.lexical.purging import WordsPurge
    from apps.retrieval.lexical.writer import TantivyWriter

    writer = TantivyWriter(tmp_path / "work", None)
    writer._writer.delete_all_documents()
    for number in range(12_000):
        document = tantivy.Document()
        document.add_text(schema.UNITS, f"vault n{number}")
        document.add_unsigned(schema.VERSION, number)
        document.add_unsigned(schema.CHUNK, number)
        writer._writer.add_document(document)
    writer.commit()
    writer.delete([7])
    writer.commit()
    writer.snapshot(tmp_path / "published")

    purge = WordsPurge(tmp_path / "purge", tmp_path / "published")
    purge.run()

    searcher = schema.opened(str(purge.folder)).searcher()
    assert (searcher.num_docs, searcher.doc_freq(schema.UNITS, "n7")) == (11_999, 0)
    assert np.sort(searcher.fast_field_values(schema.CHUNK, [
        tantivy.DocAddress(0, at) for at in range(11_999)
    ])).tolist() == [at for at in range(12_000) if at != 7]  # fmt: skip


def test_a_purge_that_fails_holds_nothing_up_and_is_not_said_to_be_done(
    reader, collection, monkeypatch
):
    gone, kept = indexed("vault one", "vault two", collection=collection)
    retire(gone)
    indexer.catch_up()
    monkeypatch.setattr("apps.retrieval.lexical.purging._MERGED_FROM", 1)  # Tantivy merges nothing
    monkeypatch.setattr("apps.retrieval.lexical.purging._LONGEST_S", 0)

    with closing(IndexWriter(embedding.current_generation())) as writer:
        assert writer.begin_purge()
        writer._background.done(wait=True).failure()
        assert not writer.take_in(wait=False)
        assert not writer.begin_purge()
        assert writer.purged_seq < writer.change_seq

    assert found("vault", Scope.of(reader)) == [kept.pk]


def test_what_a_killed_rewriting_left_is_purged(collection, folder):
    indexed("vault one", collection=collection)
    for name in (".staging", ".rewriting"):
        (folder / name).mkdir()
        (folder / name / "rest").write_bytes(b"zanzibar")

    indexer.purge_now()

    assert not bytes_are_in(folder, b"zanzibar")


def test_words_that_tantivy_merged_meanwhile_are_purged_by_the_next_try(reader, collection):
    gone, kept = indexed("vault one", "vault two", collection=collection)
    retire(gone)
    indexer.catch_up()

    with closing(IndexWriter(embedding.current_generation())) as writer:
        writer.begin_purge()
        done = writer._background.done(wait=True)
        done.failure()
        done.words.sources = frozenset({"another"})
        writer.take_in(wait=True)
        assert writer.purged_seq < writer.change_seq
        writer.purge()

        assert writer.purged_seq == writer.change_seq
    assert found("vault", Scope.of(reader)) == [kept.pk]
