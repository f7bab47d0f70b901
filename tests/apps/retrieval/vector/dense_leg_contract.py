"""What every dense leg promises. A subclass gives the fixture `make_store`: a DenseStore each call.

Scores are compared to four digits: files keep float16 numbers, Milvus float32 ones.
"""

from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.retrieval.protocols import DenseLeg, RowFilter

DIMENSION = 16
ROWS = 400
DOCUMENTS, COLLECTIONS = 50, 5
EVERYTHING = RowFilter(frozenset(range(1, COLLECTIONS + 1)))
FEW = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
some_documents = st.frozensets(st.integers(1, DOCUMENTS + 5))
row_filters = st.builds(
    RowFilter,
    collection_ids=st.frozensets(st.integers(1, COLLECTIONS + 1)),
    document_ids=st.none() | some_documents,
    granted_ids=some_documents,
    denied_ids=some_documents,
)


class DenseStore(Protocol):
    """Something that can be filled and searched."""

    @property
    def leg(self) -> DenseLeg: ...

    def put(self, rows, vectors) -> None:
        """Rows: int64, (4, n): chunk, version, document, collection."""

    def remove(self, version_ids) -> None: ...


def unit(numbers):
    """Rows of length 1 that a float16 holds."""
    rows = numbers / np.linalg.norm(numbers, axis=-1, keepdims=True)
    return rows.astype(np.float16).astype(np.float32)


def vectors_for(count, seed=7):
    return unit(np.random.default_rng(seed).standard_normal((count, DIMENSION)))


def rows_for(count):
    """Eight chunks a document, a version each, in turn of the collections."""
    numbers = np.arange(count)
    documents = numbers // (ROWS // DOCUMENTS) + 1
    return np.array([numbers + 1, documents + 1000, documents, documents % COLLECTIONS + 1])


def allowed(rows, columns):
    """The rule, said once more: see RowFilter."""
    _, _, documents, collections = columns
    inside = np.isin(collections, list(rows.collection_ids))
    inside &= ~np.isin(documents, list(rows.denied_ids))
    chosen = inside | np.isin(documents, list(rows.granted_ids))
    if rows.document_ids is not None:
        chosen &= np.isin(documents, list(rows.document_ids))
    return chosen


def best(rows, limit, vector, vectors, columns=None):
    """Scores of the best allowed rows, by looking at all of them."""
    columns = rows_for(len(vectors)) if columns is None else columns
    scores = (vectors @ vector)[allowed(rows, columns)]
    return pytest.approx(sorted(scores, reverse=True)[:limit], abs=1e-4)


def scores_of(candidates):
    return [candidate.score for candidate in candidates]


def ids_of(candidates):
    return [candidate.chunk_id for candidate in candidates]


class DenseLegContract:
    """Tests that a dense leg must pass."""

    vectors = vectors_for(ROWS)

    @pytest.fixture
    def store(self, make_store):
        store = make_store()
        store.put(rows_for(ROWS), self.vectors)
        return store

    @pytest.fixture(scope="class")
    @classmethod
    def unchanged(cls, make_store):
        store = make_store()
        store.put(rows_for(ROWS), cls.vectors)
        return store

    @FEW
    @given(rows=row_filters, limit=st.integers(1, 80), query=st.integers(0, 99))
    def test_whatever_may_be_read_is_searched_and_nothing_else(self, unchanged, rows, limit, query):
        vector = vectors_for(100, seed=8)[query]

        found = unchanged.leg.search(vector, rows=rows, limit=limit)

        assert scores_of(found) == best(rows, limit, vector, self.vectors)
        assert allowed(rows, rows_for(ROWS))[np.array(ids_of(found), int) - 1].all()

    def test_the_same_chunk_is_found_once_however_many_reasons_allow_it(self, unchanged):
        rows = RowFilter(frozenset({1, 2}), granted_ids=frozenset(range(1, 30)))

        found = ids_of(unchanged.leg.search(self.vectors[0], rows=rows, limit=ROWS))

        assert len(found) == len(set(found)) == allowed(rows, rows_for(ROWS)).sum()

    def test_no_collection_and_no_document_find_nothing(self, unchanged):
        nothing = RowFilter(frozenset(), frozenset())

        assert unchanged.leg.search(self.vectors[0], rows=nothing, limit=10) == []

    def test_ten_thousand_ids_in_each_set_stay_exact(self, unchanged):
        many = frozenset(range(7, 10_007))
        rows = RowFilter(frozenset({2}), None, granted_ids=many, denied_ids=many)
        narrowed = RowFilter(frozenset({1, 2}), many)

        for one in (rows, narrowed):
            found = unchanged.leg.search(self.vectors[3], rows=one, limit=60)
            assert scores_of(found) == best(one, 60, self.vectors[3], self.vectors)

    def test_equal_scores_fill_the_limit_in_the_same_order_every_time(self, make_store):
        store = make_store()
        store.put(rows_for(40), np.repeat(self.vectors[:1], 40, axis=0))

        found = store.leg.search(self.vectors[0], rows=EVERYTHING, limit=10)

        assert len(set(ids_of(found))) == 10
        assert scores_of(found) == pytest.approx([found[0].score] * 10)
        assert store.leg.search(self.vectors[0], rows=EVERYTHING, limit=10) == found

    def test_a_limit_above_all_rows_gives_all_rows(self, unchanged):
        assert len(unchanged.leg.search(self.vectors[0], rows=EVERYTHING, limit=1000)) == ROWS

    def test_a_store_without_rows_finds_nothing(self, make_store):
        assert make_store().leg.search(self.vectors[0], rows=EVERYTHING, limit=10) == []

    def test_removed_versions_leave_their_places_to_others(self, store):
        gone = store.leg.search(self.vectors[0], rows=EVERYTHING, limit=1)[0].chunk_id

        store.remove([rows_for(ROWS)[1][gone - 1]])

        left = rows_for(ROWS)[1] != rows_for(ROWS)[1][gone - 1]
        found = store.leg.search(self.vectors[0], rows=EVERYTHING, limit=60)
        assert gone not in ids_of(found)
        assert scores_of(found) == best(
            EVERYTHING, 60, self.vectors[0], self.vectors[left], rows_for(ROWS)[:, left]
        )

    def test_a_replaced_version_is_found_by_its_new_chunks_only(self, store):
        new = np.array([[9001], [5001], [1], [2]])
        store.put(new, self.vectors[:1])
        store.remove([1001])

        found = ids_of(store.leg.search(self.vectors[0], rows=EVERYTHING, limit=ROWS))

        assert found[0] == 9001
        assert not set(found) & set(range(1, 9))

    def test_removing_twice_and_what_was_never_there_changes_nothing(self, store):
        store.remove([1001, 424242])
        store.remove([1001])

        assert len(store.leg.search(self.vectors[0], rows=EVERYTHING, limit=1000)) == ROWS - 8

    def test_searches_at_the_same_time_do_not_disturb_each_other(self, unchanged):
        def ask(number):
            return unchanged.leg.search(self.vectors[number], rows=EVERYTHING, limit=20)

        with ThreadPoolExecutor(8) as threads:
            found = list(threads.map(ask, range(64)))

        assert [ids_of(one)[0] for one in found] == [number + 1 for number in range(64)]

    def test_a_vector_of_another_dimension_is_refused(self, unchanged):
        with pytest.raises(ValueError, match=str(DIMENSION)):
            unchanged.leg.search(np.ones(3, np.float32), rows=EVERYTHING, limit=5)
