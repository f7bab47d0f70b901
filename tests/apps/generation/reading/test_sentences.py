"""Where sentences end."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.generation.reading.sentences import split_sentences


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
