"""Terms that stand nearly everywhere are left out of a search, but never leave a place empty."""

import pytest

from apps.retrieval.index_rows import IndexRow
from apps.retrieval.lexical import leg
from apps.retrieval.lexical.leg import TantivyLexical
from apps.retrieval.lexical.writer import TantivyWriter
from apps.retrieval.protocols import RowFilter

TEXTS = ["common vault", "common code", "common", "common", "common other"]
ALL = RowFilter(frozenset({1}))


@pytest.fixture
def lexical(tmp_path, monkeypatch):
    monkeypatch.setattr(leg, "_MOST_POSTINGS", 3)
    writer = TantivyWriter(tmp_path / "work", None)
    for number, text in enumerate(TEXTS):
        writer.add(IndexRow(number, number, number, 1, "", text))
    writer.commit()
    writer.snapshot(tmp_path / "published")
    return TantivyLexical.open(tmp_path / "published", collection_ids=frozenset({1}))


def found(lexical, query, limit):
    return {candidate.chunk_id for candidate in lexical.search(query, rows=ALL, limit=limit)}


def test_rarer_terms_that_fill_all_places_are_enough(lexical, monkeypatch):
    searched = []
    best = TantivyLexical._best
    monkeypatch.setattr(
        TantivyLexical,
        "_best",
        lambda self, terms, *rest: searched.append(len(terms)) or best(self, terms, *rest),
    )

    assert found(lexical, "vault code common", 2) == {0, 1}
    assert searched == [2]


def test_common_terms_fill_the_places_that_rarer_ones_leave(lexical):
    assert found(lexical, "vault code common", 5) == {0, 1, 2, 3, 4}


def test_a_common_term_alone_is_searched(lexical):
    assert len(found(lexical, "common", 5)) == 5
