"""Sentences of Chinese and English text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest import sentences


def split(text: str) -> list[str]:
    return [text[start:end] for start, end in sentences.split(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two! Three?", ["One.", "Two!", "Three?"]),
        ("公司成立于1998年。总部在上海！是吗？", ["公司成立于1998年。", "总部在上海！", "是吗？"]),
        ("他说：“好。”然后走了。", ["他说：“好。”", "然后走了。"]),
        ("Dr. Smith paid $3.50 to Acme Inc. for it. Then he left.",
         ["Dr. Smith paid $3.50 to Acme Inc. for it.", "Then he left."]),
        ("See Fig. 3 and No. 7. The U.S. economy grew.", ["See Fig. 3 and No. 7.", "The U.S. economy grew."]),  # noqa: E501
        ("净利润为3.5亿元；同比增长2.1%。", ["净利润为3.5亿元；", "同比增长2.1%。"]),
        ("a line\nthat is wrapped. Next", ["a line\nthat is wrapped.", "Next"]),
        ("First:\n- one\n- two", ["First:", "- one", "- two"]),
        ("one\n\ntwo", ["one", "two"]),
        ("  ", []),
    ],
)  # fmt: skip
def test_sentences_end_where_a_reader_ends_them(text, expected):
    assert split(text) == expected


@given(st.text(alphabet='ab A.!?。！？ \n"”)1-', max_size=200))
def test_every_visible_character_is_in_exactly_one_sentence(text):
    spans = list(sentences.split(text))

    inside = {index for start, end in spans for index in range(start, end)}
    assert sum(end - start for start, end in spans) == len(inside)
    assert all(index in inside for index, char in enumerate(text) if not char.isspace())
