"""The cluster's one writer keeps Milvus at what the database says."""

import numpy as np
import pytest
from django.utils import timezone

from apps.core.errors import Conflict, Retryable
from apps.knowledge import changes
from apps.knowledge.models import (
    Change,
    ChangeSequence,
    Erasure,
    NodeErasure,
    Version,
    VersionState,
)
from apps.retrieval import milvus_following, milvus_store, receipts, vectors
from apps.retrieval.embedding import current_generation
from apps.retrieval.milvus_writer import MilvusWriter
from apps.retrieval.milvus_writers import MilvusWriters
from apps.retrieval.models import EmbeddingGeneration, GenerationIndex, NodeIndex, VectorStore
from apps.retrieval.vector_store import LEASE
from tests.factories import ChunkFactory

pytestmark = pytest.mark.django_db
State = EmbeddingGeneration.State


def embedded(count=1, **fields):
    """Chunks with a random vector each."""
    chunks = ChunkFactory.create_batch(count, **fields)
    generation = current_generation()
    rows = np.random.default_rng(count).standard_normal((count, generation.dimension))
    vectors.store(generation, [chunk.text_sha256 for chunk in chunks], rows.astype(np.float32))
    return chunks


def retire(*chunks):
    version_ids = [chunk.version_id for chunk in chunks]
    Version.objects.filter(pk__in=version_ids).update(state=VersionState.DEAD)
    changes.record(Change.Kind.RETIRE, version_ids)


def held():
    return milvus_store.collection_of(current_generation()).ids()[0].tolist()


def keys(chunks):
    return sorted(chunk.pk for chunk in chunks)


def test_what_is_published_is_there_and_what_is_retired_is_gone(milvus):
    chunks = embedded(5)
    milvus_following.catch_up()
    before = held()
    retire(*chunks[:2])
    milvus_following.catch_up()

    assert before == keys(chunks)
    assert held() == keys(chunks[2:])


def test_a_chunk_without_a_vector_waits_until_it_has_one(milvus):
    embedded(1)
    bare = ChunkFactory()
    milvus_following.catch_up()
    assert bare.pk not in held()

    row = np.ones((1, current_generation().dimension), np.float32)
    vectors.store(current_generation(), [bare.text_sha256], row)
    changes.record(Change.Kind.PUBLISH, [bare.version_id])
    milvus_following.catch_up()

    assert bare.pk in held()


def test_a_document_that_moved_is_found_in_its_new_collection(milvus):
    (chunk,), (other,) = embedded(1), embedded(1)
    milvus_following.catch_up()
    document = chunk.version.document
    document.collection = other.version.document.collection
    document.save()
    changes.record(Change.Kind.PUBLISH, [chunk.version_id])
    milvus_following.catch_up()

    row = milvus_store.collection_of(current_generation()).ids([chunk.version_id])
    assert row[:, 0].tolist() == [
        chunk.pk, chunk.version_id, document.pk, document.collection_id,
    ]  # fmt: skip


def test_a_fill_that_was_cut_short_goes_on_with_what_is_missing(milvus, monkeypatch):
    chunks = embedded(4)
    monkeypatch.setattr("apps.retrieval.milvus_writer.VERSIONS_AT_ONCE", 1)
    collection = milvus_store.collection_of(current_generation())
    collection.prepare()
    collection.upsert(np.array([[chunks[0].pk], [1], [1], [1]]), np.ones((1, 384), np.float32))

    milvus_following.catch_up()

    assert held() == keys(chunks)
    assert collection.progress().change_seq == changes.latest()


def test_a_milvus_of_a_newer_database_is_brought_into_line(milvus):
    chunks = embedded(3)
    milvus_following.catch_up()
    Change.objects.all().delete()
    ChangeSequence.objects.update(last=0)
    retire(chunks[0])
    milvus_following.catch_up()

    assert held() == keys(chunks[1:])


def test_only_one_node_writes_at_a_time(milvus):
    store = VectorStore.here()

    assert store.hold("one")
    assert store.hold("one")
    assert not store.hold("two")
    store.release("one")
    assert store.hold("two")


def test_the_lease_of_a_dead_node_is_taken_over(milvus):
    store = VectorStore.here()
    store.hold("dead")
    VectorStore.objects.update(held_until=timezone.now() - LEASE / 100)

    assert store.hold("alive")


def test_a_node_that_lost_its_lease_stops_writing(milvus):
    embedded(1)
    following = MilvusWriters()
    following.step()
    VectorStore.objects.update(holder="another")
    following._held_until = 0.0

    with pytest.raises(Retryable, match="Another node"):
        following.step()


def test_catching_up_twice_writes_nothing_twice(milvus, monkeypatch):
    embedded(3)
    milvus_following.catch_up()
    changes.record(Change.Kind.PUBLISH, list(Version.objects.values_list("pk", flat=True)))
    written = []
    monkeypatch.setattr(
        "apps.retrieval.vector.milvus_collection.MilvusCollection.upsert",
        lambda self, rows, vectors: written.append(rows.shape[1]),
    )

    milvus_following.catch_up()

    assert sum(written) == 0


def test_a_receipt_waits_for_milvus_and_is_filled_in_by_it(milvus):
    chunks = embedded(2)
    milvus_following.catch_up()
    NodeIndex.objects.update(purged_seq=0)
    retire(chunks[0])
    erasure = Erasure.objects.create(
        target=Erasure.Target.DOCUMENT, target_uuid=chunks[0].version.document.uuid,
        version_ids=[chunks[0].version_id], change_seq=changes.latest(),
        purged_at=timezone.now(),
    )  # fmt: skip
    assert receipts.complete() == 0

    milvus_following.catch_up()

    part = NodeErasure.objects.get(erasure=erasure, node="milvus")
    erasure.refresh_from_db()
    assert part.rows == 1
    assert part.purged_at
    assert erasure.completed_at


def test_a_generation_that_is_discarded_leaves_milvus(milvus):
    other = EmbeddingGeneration.objects.create(
        model_sha256="1" * 64, model_name="other", dimension=8, state=State.READY
    )
    following, prefix = MilvusWriters(), VectorStore.here().prefix
    following.step()
    before = milvus.names(prefix, timeout_s=5)
    EmbeddingGeneration.objects.filter(pk=other.pk).update(state=State.DISCARDED)
    following.step()

    assert len(before) == 2
    assert milvus.names(prefix, timeout_s=5) == [name for name in before if "11111111" not in name]
    assert not GenerationIndex.objects.filter(node="milvus", generation=other)


def test_collections_of_another_installation_are_left_alone(milvus):
    milvus.create("clawdbot_0123456789ab_1_deadbeef", 8, timeout_s=10)
    embedded(1)

    milvus_following.catch_up()

    assert milvus.names("clawdbot_0123456789ab_", timeout_s=5)


def test_a_collection_of_another_dimension_is_refused_with_the_way_out(milvus):
    embedded(1)
    collection = milvus_store.collection_of(current_generation())
    milvus.create(collection.name, 8, timeout_s=10)

    with pytest.raises(Conflict, match=r"8 numbers.*384.*milvus_database"):
        milvus_following.catch_up()


def test_how_far_milvus_is_can_be_read_in_the_database(milvus):
    chunks = embedded(3)
    milvus_following.catch_up()

    index = NodeIndex.objects.get(node="milvus")
    mine = GenerationIndex.objects.get(node="milvus", generation=current_generation())
    assert (index.change_seq, index.rows) == (changes.latest(), 3)
    assert (mine.change_seq, mine.rows) == (changes.latest(), len(chunks))


def test_versions_that_milvus_still_holds_are_known_as_retired(milvus):
    chunks = embedded(2)
    milvus_following.catch_up()
    retire(chunks[0])
    generation = current_generation()

    assert milvus_store.retired_since(generation.pk) == {chunks[0].version_id}
    milvus_following.catch_up()
    assert milvus_store.retired_since(generation.pk) == frozenset()


def test_until_milvus_is_filled_nobody_takes_a_part_of_it_for_the_whole(milvus):
    with pytest.raises(Retryable, match="being brought"):
        milvus_store.retired_since(current_generation().pk)


def test_while_one_generation_is_filled_the_searched_one_is_followed(milvus, monkeypatch):
    chunk, _ = embedded(2)
    writers = MilvusWriters()
    writers.step()
    other = EmbeddingGeneration.objects.create(
        model_sha256="1" * 64, model_name="other", dimension=8, state=State.READY
    )
    seen = []
    fill = MilvusWriter.reconcile
    monkeypatch.setattr(MilvusWriter, "reconcile", lambda self: (retire(chunk), fill(self))[1])
    note = MilvusWriters._report_generations
    monkeypatch.setattr(
        MilvusWriters,
        "_report_generations",
        lambda self: (seen.append([*self._writers]), note(self)),
    )
    writers.step()

    assert seen[0] == [current_generation().pk]
    assert seen[-1] == [current_generation().pk, other.pk]
