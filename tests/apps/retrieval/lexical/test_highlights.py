"""Marks what matched."""

from apps.retrieval.lexical.highlights import matches


def marked(query, text):
    return [text[start:end] for start, end in matches(query, [text])[0]]


def test_english_words_match_by_their_stem_and_function_words_do_not():
    assert marked("what are the holiday policies", "The Holiday policy is new.") == [
        "Holiday",
        "policy",
    ]


def test_neighbouring_chinese_pairs_are_one_span():
    assert marked("年假天数", "员工的年假天数为十五天") == ["年假天数"]


def test_simplified_and_traditional_characters_match():
    assert marked("護理規定", "员工护理规定") == ["护理规定"]
    assert marked("护理规定", "員工護理規定") == ["護理規定"]


def test_a_code_is_marked_whole():
    assert marked("INV-2024/07", "Pay INV-2024/07 now") == ["INV-2024/07"]


def test_nothing_in_common_marks_nothing():
    assert marked("hello", "再见") == []
