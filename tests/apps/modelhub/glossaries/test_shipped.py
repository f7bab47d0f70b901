"""The glossaries that come with the product keep their own rules."""

from collections import defaultdict

import pytest

from apps.modelhub.glossaries.files import (
    shipped_glossary,
    shipped_terms,
    terms_read,
    terms_written,
)
from apps.modelhub.glossaries.words import HAN, is_cased, keys_of_name

BOTH = pytest.mark.parametrize("name", ["finance", "medical"])
# Words of ordinary questions: a name that is one of them would expand what has no term in it.
_COMMON = (
    "a all an and any are as at be bid bill bond but by can case charge check credit do does end "
    "for from future gap go had has have he her his how if in interest is it its last life loss "
    "may me more most no not note now of off on one option or order our out over pay per pet plan "
    "rate return risk safe security set share she so stat stock tax test than that the their then "
    "they this to turn up us use was we were what when where which who why will with you"
)
COMMON = frozenset(_COMMON.split())


def names(name):
    return [(term, each) for term in shipped_terms(name) for each in term.names]


@BOTH
def test_there_are_several_hundred_terms_each_with_both_sides(name):
    terms = shipped_terms(name)

    assert len(terms) >= 450
    assert [term for term in terms if not term.en or not HAN.search(term.zh)] == []
    assert [term.en for term in terms if HAN.search(term.en)] == []


@BOTH
def test_no_name_is_in_two_terms_unless_it_is_marked_as_ambiguous(name):
    by_key = defaultdict(set)
    for term, each in names(name):
        for keys in keys_of_name(each):
            by_key[keys].add((term, each in term.ambiguous))

    shared = [found for found in by_key.values() if len({term.en for term, _ in found}) > 1]
    assert [found for found in shared if not all(marked for _, marked in found)] == []


@BOTH
def test_no_name_stands_twice_in_a_term(name):
    for term in shipped_terms(name):
        keys = [keys_of_name(each)[0] for each in term.names]
        assert len(keys) == len(set(keys)), term


@BOTH
def test_no_name_is_a_common_word_or_a_single_character(name):
    plain = [each for _, each in names(name) if not is_cased(each)]

    assert [each for each in plain if each.lower() in COMMON] == []
    assert [each for _, each in names(name) if len(keys_of_name(each)[0]) == 1 == len(each)] == []


@BOTH
@pytest.mark.parametrize(
    "question",
    ["Is it in the report?", "Who may use this, and when?", "What do all of us have to do?",
     "他们什么时候开会？", "这个项目由谁负责？", "我要怎麼申請？"],
)  # fmt: skip
def test_ordinary_questions_are_left_as_they_are(name, question):
    assert shipped_glossary(name).expansions(question).synonyms == ()


@BOTH
def test_a_table_is_written_as_it_was_read(name):
    terms = list(shipped_terms(name))

    assert terms_read(terms_written(terms)) == terms
