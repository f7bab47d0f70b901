"""Lists are found whole."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.generation.reading.lists import enumeration_around, list_around

BULLETS = (
    "For a claim bring these:\n- the receipt\n- the form\n  signed by both\n- a note\nSend all."
)
NUMBERED = "流程\n申请材料如下：\n（一）身份证；\n（二）学历证书；\n\n（三）照片。\n其他见附件。"


@pytest.mark.parametrize("marked", ["bring these", "the form", "a note"])
def test_a_bulleted_list_is_found_from_its_introduction_or_any_item(marked):
    start = BULLETS.index(marked)

    bounds, items = list_around(BULLETS, (start, start + len(marked)))

    assert BULLETS[slice(*bounds)].startswith("For a claim")
    assert BULLETS[slice(*bounds)].endswith("- a note")
    assert [BULLETS[slice(*item)] for item in items] == [
        "the receipt", "the form\n  signed by both", "a note",
    ]  # fmt: skip


def test_chinese_numerals_count_items_too():
    start = NUMBERED.index("学历")

    bounds, items = list_around(NUMBERED, (start, start + 4))

    assert NUMBERED[slice(*bounds)].startswith("申请材料如下")
    assert [NUMBERED[slice(*item)] for item in items] == ["身份证；", "学历证书；", "照片。"]


@pytest.mark.parametrize(
    "text",
    ["- only one item", "6. Warranty\nIt covers 24 months.\n7. Service\nCall us.", "3.5 %\n4.5 %"],
)
def test_one_item_headings_and_decimals_are_no_list(text):
    assert list_around(text, (2, 5)) is None


@pytest.mark.parametrize(
    ("text", "items"),
    [
        (
            "Bring these:\n\na receipt\n\na form\n\nThen wait.",
            ["a receipt", "a form", "Then wait."],
        ),
        ("材料：\n身份证；\n照片。\n逾期不候。", ["身份证；", "照片。"]),
        ("遵守以下规定：\n锁定屏幕。\n保管密码。\n\n\n附则", ["锁定屏幕。", "保管密码。"]),
    ],
)
def test_lines_below_a_colon_are_a_list_without_marks(text, items):
    start = text.index(items[0])

    _, found = list_around(text, (start, start + 2))

    assert [text[slice(*item)] for item in found] == items


def test_what_stands_below_a_list_is_not_in_it():
    start = BULLETS.index("Send")

    assert list_around(BULLETS, (start, start + 4)) is None


def test_an_endless_list_ends_behind_a_whole_item():
    text = "\n".join(f"- item {n}" for n in range(500))

    (start, end), items = list_around(text, (2, 4))

    assert len(items) == 30
    assert (start, text[start:end].splitlines()[-1]) == (0, "- item 29")


@pytest.mark.parametrize(
    ("text", "marked", "whole"),
    [
        ("申请人应当提交身份证、学历证书和照片。", "学历证书", "身份证、学历证书和照片"),
        ("材料包括：甲、乙以及丙；其他。", "甲", "甲、乙以及丙"),
        ("申請人應提供護照、照片。", "護照", "護照、照片"),
        ("The kit includes a lamp, two cables and a bag.", "two cables",
         "a lamp, two cables and a bag"),
        ("Colours: red, green, or blue.", "red", "red, green, or blue"),
        ("He lives in Oslo.", "Oslo", "Oslo"),
        ("他住在北京。", "北京", "北京"),
    ],
)  # fmt: skip
def test_an_enumeration_in_a_sentence_is_taken_whole(text, marked, whole):
    start = text.index(marked)

    found = enumeration_around(text, (start, start + len(marked)), within=(0, len(text)))

    assert text[slice(*found)] == whole


@given(st.text(st.sampled_from("a- *1.2)（一）、：:\n，。和"), max_size=200), st.data())
def test_a_list_holds_the_place_it_was_found_from(text, data):
    start = data.draw(st.integers(0, len(text)))

    found = list_around(text, (start, start + 1))

    assert found is None or 0 <= found[0][0] < found[0][1] <= len(text)
    assert found is None or all(first < last for first, last in found[1])
