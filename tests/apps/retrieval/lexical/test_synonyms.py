"""Other names of a query's terms find what its own words do not, and weigh less."""

import pytest

from apps.modelhub.glossaries import Synonyms
from apps.retrieval.index_rows import IndexRow
from apps.retrieval.lexical.leg import TantivyLexical
from apps.retrieval.lexical.writer import TantivyWriter
from apps.retrieval.protocols import RowFilter

TEXTS = [
    "treatment after a heart attack",
    "心梗患者的护理",
    "the heart of the matter is attack",
    "myocardial infarction in the elderly, also called a heart attack",
    "myocardial infarction in the elderly, known for long",
    "infarction of the spleen",
    "心中的梗概",
    "an order is given as needed",
]
ALL, BOTH = RowFilter(frozenset({1})), RowFilter(frozenset({1, 2}))
INFARCTION = Synonyms(("heart attack",), ("myocardial infarction", "心肌梗死", "心梗", "MI"))


@pytest.fixture(scope="module")
def lexical(tmp_path_factory):
    folder = tmp_path_factory.mktemp("words")
    writer = TantivyWriter(folder / "work", None)
    for number, text in enumerate(TEXTS):
        writer.add(IndexRow(number, number, number, number % 2 + 1, "", text))
    writer.commit()
    writer.snapshot(folder / "published")
    return TantivyLexical.open(folder / "published", collection_ids=frozenset({1, 2}))


def found(lexical, query, *others, rows=BOTH):
    return [one.chunk_id for one in lexical.search(query, rows=rows, limit=10, others=others)]


def test_a_chunk_with_the_whole_of_another_name_is_found(lexical):
    assert {1, 4} <= {*found(lexical, "heart attack", INFARCTION)} - {
        *found(lexical, "heart attack")
    }


def test_a_part_of_another_name_is_not_enough(lexical):
    assert not {5, 6} & {*found(lexical, "heart attack", INFARCTION)}


def test_the_query_s_own_words_come_first(lexical):
    assert found(lexical, "heart attack", INFARCTION)[0] == 0


def test_a_chunk_that_has_the_query_s_name_gains_nothing_by_another(lexical):
    alone = {one.chunk_id: one.score for one in lexical.search("heart attack", rows=ALL, limit=9)}
    both = lexical.search("heart attack", rows=ALL, limit=9, others=[INFARCTION])

    assert {one.chunk_id: one.score for one in both}[0] == pytest.approx(alone[0])


def test_other_names_are_searched_where_no_word_of_the_query_is_known(lexical):
    assert found(lexical, "сердце", INFARCTION) != []
    assert found(lexical, "сердце") == []


@pytest.mark.parametrize("query", ["心梗患者的护理", "心梗患者的護理"])
def test_simplified_and_traditional_characters_find_alike(lexical, query):
    (best, *_) = lexical.search(query, rows=BOTH, limit=10)
    (same, *_) = lexical.search("心梗患者的护理", rows=BOTH, limit=10)

    assert (best.chunk_id, best.score) == (1, pytest.approx(same.score))


def test_other_names_bring_nothing_from_outside_the_filter(lexical):
    assert 1 not in found(lexical, "heart attack", INFARCTION, rows=ALL)


def test_a_name_of_which_one_telling_word_is_left_is_not_searched_for(lexical):
    assert found(lexical, "сердце", Synonyms(("prn",), ("as needed",))) == []
    assert found(lexical, "сердце", Synonyms(("x",), ("", "?!", "的"))) == []
