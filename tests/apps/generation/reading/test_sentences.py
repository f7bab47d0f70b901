"""Where sentences end."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.generation.reading.sentences import is_title, split_sentences
from apps.generation.reading.shapes import Shape, regions


def _split(text: str) -> list[str]:
    return [text[start:end] for start, end in split_sentences(text)]


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("Leave is 25 days. It lapses.", ["Leave is 25 days.", "It lapses."]),
        ("See No. 5 and Dr. Wu of the U.S. Army.", ["See No. 5 and Dr. Wu of the U.S. Army."]),
        ("It costs 3.5 euros! Really?", ["It costs 3.5 euros!", "Really?"]),
        ("他说：“好。”然后走了。", ["他说：“好。”", "然后走了。"]),
        ("标准为500元。超出自付！", ["标准为500元。", "超出自付！"]),
        ("| a | b |\n|---|---|\n| 1 | 2 |", ["| a | b |", "| 1 | 2 |"]),
        ("", []),
    ],
)
def test_sentences_end_where_readers_see_it(text, sentences):
    assert _split(text) == sentences


@given(st.text(st.sampled_from("ab .。!？\n|,，《”)1"), max_size=2000))
def test_spans_are_ordered_disjoint_and_never_blank(text):
    spans = split_sentences(text)

    assert all(text[start:end].strip() for start, end in spans)
    assert all(before[1] <= after[0] for before, after in pairwise(spans))


def test_an_endless_sentence_is_cut_behind_commas():
    assert all(len(part) <= 700 for part in _split("金额为五百元，" * 400))


@pytest.mark.parametrize(
    ("text", "line", "is_heading"),
    [
        ("2.1 Annual leave\nYou have ten days.", "2.1 Annual leave", True),
        ("第三章 试用期与离职\n试用期为三个月。", "第三章 试用期与离职", True),
        ("Can it measure sea water?\nNo.", "Can it measure sea water?", True),
        ("Safety\nRead this.", "Safety", True),
        ("You have ten days.", "You have ten days.", False),
        ("2.5 % of the price is refunded.", "2.5 % of the price is refunded.", False),
    ],
)
def test_a_line_that_only_announces_is_a_title(text, line, is_heading):
    start = text.index(line)

    assert is_title(text, start, start + len(line), "Manual > Safety") is is_heading


def test_the_number_of_a_heading_ends_no_sentence():
    text = "6. Warranty and service\nThe warranty covers 24 months."

    assert text[slice(*split_sentences(text)[0])] == "6. Warranty and service"


def test_a_chinese_name_that_stands_alone_is_a_name():
    found = {text[r.start : r.end]: r.shape for text in ["总裁 谭致远"] for r in
             regions(text, is_chinese=True)}  # fmt: skip

    assert found["谭致远"] == Shape.NAME
