"""Selections are found again by what a filter allows, and few are kept."""

from dataclasses import replace
from itertools import combinations

from apps.retrieval.protocols import RowFilter
from apps.retrieval.vector import selections
from apps.retrieval.vector.selections import Selections, fingerprint

ONE = frozenset({1, 2})
FILTERS = [
    RowFilter(ONE),
    RowFilter(frozenset()),
    RowFilter(ONE, document_ids=frozenset()),
    RowFilter(ONE, document_ids=ONE),
    RowFilter(ONE, granted_ids=ONE),
    RowFilter(ONE, denied_ids=ONE),
    RowFilter(frozenset({1}), granted_ids=frozenset({2})),
]


class Counting:
    """A segment that counts how often it is looked through."""

    def __init__(self, rows=8):
        self.alive = range(rows)
        self.asked = []

    def selection(self, rows):
        self.asked.append(rows)
        return len(self.asked)


def test_filters_that_allow_other_rows_have_other_fingerprints():
    assert all(fingerprint(one) != fingerprint(other) for one, other in combinations(FILTERS, 2))


def test_the_order_of_ids_says_nothing():
    ids = [8 * n for n in range(100)]

    assert fingerprint(RowFilter(frozenset(ids))) == fingerprint(RowFilter(frozenset(ids[::-1])))


def test_an_equal_filter_is_not_computed_again():
    segment = Counting()
    kept = Selections([segment])

    found = [kept.of(replace(FILTERS[0])) for _ in range(3)]

    assert (found, len(segment.asked)) == ([(1,)] * 3, 1)


def test_the_one_that_was_longest_not_asked_for_goes_first(monkeypatch):
    monkeypatch.setattr(selections, "_KEPT_BYTES", 2_000)
    segment = Counting(rows=8_000)
    kept = Selections([segment])

    for at in (0, 1, 0, 2, 0, 1):
        kept.of(FILTERS[at])

    assert segment.asked == [FILTERS[at] for at in (0, 1, 2, 1)]
