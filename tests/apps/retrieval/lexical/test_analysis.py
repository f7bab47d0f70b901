"""Cuts text into terms."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.retrieval.lexical import schema
from apps.retrieval.lexical.analysis import WORD, word_terms

ALPHABET = st.text(alphabet="ab é中文台۷ＡＢ１,.-/_'’\n\tß😀が한", max_size=60)


@pytest.mark.parametrize("code", ["inv-2024/07", "v1.2.3", "ab12", "a.b@c.com"])
def test_codes_stay_whole(code):
    assert code in schema.analysed(f"see {code.upper()}.").words


def test_parts_of_a_code_are_found_too():
    assert {"inv", "2024", "07"} <= set(schema.analysed("INV-2024/07").words)


def test_numbers_are_the_same_with_and_without_grouping():
    assert schema.analysed("1,234.5").words == schema.analysed("1234.5").words == ["1234.5"]


def test_english_endings_and_possessives_do_not_matter():
    assert schema.analysed("company's policies").words == schema.analysed("Companies policy").words


def test_chinese_gives_characters_and_pairs():
    terms = schema.analysed("金库密码")

    assert terms.characters == ["金", "库", "密", "码"]
    assert terms.character_pairs == ["金库", "库密", "密码"]


def test_a_single_chinese_character_is_asked_for_itself():
    assert schema.analysed("A 税 B").lone == ["税"]


def test_full_width_letters_are_ordinary_letters():
    assert schema.analysed("ＡＢＣ１２").words == ["abc12"]


def test_function_words_make_no_pairs():
    assert schema.analysed("the annual report of the company").word_pairs == ["annual_report"]


def test_words_on_both_sides_of_chinese_are_no_pair():
    assert schema.analysed("annual 年度 report").word_pairs == []


@given(ALPHABET)
def test_no_term_is_empty_or_holds_a_space(text):
    terms = schema.analysed(text)

    assert all(term and not term.isspace() and " " not in term for term in terms.words)


@given(ALPHABET)
def test_every_word_of_a_text_is_one_that_it_is_indexed_by(text):
    indexed = set(schema.analysed(text).words)

    for word in WORD.findall(text):
        assert set(word_terms(word, schema.stem)) <= indexed
