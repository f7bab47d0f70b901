"""For random documents, grants and deletes, both legs equal a search over what may be read."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.knowledge import changes
from apps.knowledge.access import Scope, chunks_of
from apps.knowledge.models import Change, Chunk, Version, VersionState
from apps.retrieval import indexer, vectors
from apps.retrieval.embedding import current_generation
from apps.retrieval.index_snapshot import current_snapshot
from apps.retrieval.protocols import RowFilter
from apps.retrieval.search import search
from tests.factories import ChunkFactory, CollectionFactory, UserFactory

pytestmark = pytest.mark.django_db

WORDS = ["vault", "leave", "invoice", "金库", "年假", "发票", "INV-7"]
COLLECTIONS = 3

texts = st.lists(st.sampled_from(WORDS), min_size=1, max_size=6).map(" ".join)
documents = st.tuples(st.integers(0, COLLECTIONS - 1), texts)
rounds = st.lists(st.lists(documents, max_size=4), min_size=1, max_size=3)
picks = st.lists(st.integers(0, 20), max_size=4, unique=True)
grants = st.sets(st.integers(0, COLLECTIONS - 1))


def vector_of(text):
    random = np.random.default_rng(abs(hash(text)) % 2**32)
    vector = random.standard_normal(current_generation().dimension).astype(np.float32)
    return vector / np.linalg.norm(vector)


def add(collections, batch):
    generation = current_generation()
    for number, text in batch:
        chunk = ChunkFactory(text=text, version__document__collection=collections[number])
        vectors.store(generation, [chunk.text_sha256], vector_of(chunk.text_sha256)[None])


def retire(picked):
    version_ids = [*Version.objects.filter(state=VersionState.LIVE).values_list("pk", flat=True)]
    gone = [version_ids[at] for at in picked if at < len(version_ids)]
    Version.objects.filter(pk__in=gone).update(state=VersionState.DEAD)
    changes.record(Change.Kind.RETIRE, gone)


def world(batches, readable, retired):
    """Collections filled and thinned in several publishes, and a user with some grants."""
    user = UserFactory()
    collections = [
        CollectionFactory(readers=[user] if number in readable else [])
        for number in range(COLLECTIONS)
    ]
    for batch in batches:
        add(collections, batch)
        indexer.catch_up()
    retire(retired)
    indexer.catch_up()
    return Scope.of(user)


slow_is_fine = settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@slow_is_fine
@given(rounds, grants, picks, texts)
def test_the_dense_leg_equals_brute_force(db, batches, readable, retired, query):
    scope = world(batches, readable, retired)
    wanted = vector_of(query)
    generation = current_generation()
    readable_hashes = dict(chunks_of(scope).values_list("pk", "text_sha256"))
    stored = vectors.vectors_of(generation, readable_hashes.values())
    scores = {pk: float(stored[key] @ wanted) for pk, key in readable_hashes.items()}

    rows = RowFilter(scope.collection_ids)
    found = current_snapshot(generation.pk).dense.search(wanted, rows=rows, limit=5)

    best = sorted(scores.values(), reverse=True)[:5]
    assert [candidate.score for candidate in found] == pytest.approx(best, abs=2e-3)
    assert {candidate.chunk_id for candidate in found} <= scores.keys()


@slow_is_fine
@given(rounds, grants, picks, st.sampled_from(WORDS))
def test_the_lexical_leg_equals_brute_force(db, batches, readable, retired, word):
    scope = world(batches, readable, retired)
    expected = {pk for pk, text in chunks_of(scope).values_list("pk", "text") if word in text}

    leg = current_snapshot(current_generation().pk).lexical
    found = leg.search(word, rows=RowFilter(scope.collection_ids), limit=100)

    assert {candidate.chunk_id for candidate in found} == expected


@slow_is_fine
@given(rounds, grants, picks, picks, st.sampled_from(WORDS))
def test_an_index_behind_the_database_leaks_nothing(db, batches, readable, retired, later, word):
    scope = world(batches, readable, retired)

    retire(later)
    hits = search(word, scope=scope, top_k=50).hits

    assert {hit.chunk_id for hit in hits} <= {*chunks_of(scope).values_list("pk", flat=True)}
    assert Chunk.objects.filter(pk__in=[hit.chunk_id for hit in hits]).count() == len(hits)
