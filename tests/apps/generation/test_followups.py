"""Which questions lean on the one before."""

import pytest

from apps.generation.followups import is_follow_up, search_query, sought


@pytest.mark.parametrize(
    "text",
    [
        "And in 2021?",
        "What about part-time employees?",
        "How long does it last?",
        "Who approves them?",
        "Why?",
        "那么经理呢？",
        "它的价格是多少？",
        "多少钱？",
    ],
)
def test_questions_that_lean_on_the_one_before(text):
    assert is_follow_up(text)


@pytest.mark.parametrize(
    "text",
    [
        "How many days of leave do employees get?",
        "Who is the chairman of the audit committee?",
        "How long does it take to process a claim?",
        "员工出差的住宿费标准是多少？",
        "公司的审计委员会主席是谁？",
    ],
)
def test_questions_that_stand_alone(text):
    assert not is_follow_up(text)


def test_a_question_that_stands_alone_is_searched_as_it_is():
    asked = "Who is the chairman of the audit committee?"

    assert search_query(asked, previous="How much leave is there?") == asked


def test_the_first_question_is_searched_as_it_is():
    assert search_query("And then?", previous="") == "And then?"


@pytest.mark.parametrize(
    ("text", "previous", "read"),
    [
        ("And when?", "Who designed the printer?", "And when? designed the printer"),
        ("由谁审批？", "报销单什么时候提交？", "由谁审批？ 报销单 提交"),
        ("And in 2021?", "What was the profit?", "And in 2021? What was the profit?"),
        ("那上海呢？", "北京的标准是多少？", "那上海呢？ 北京的标准是多少？"),
        ("Why?", "And when? Who designed it?", "Why? And designed it"),
    ],
)
def test_only_the_follow_up_is_asked_where_it_asks_something(text, previous, read):
    assert sought(text, previous=previous) == read


def test_what_stands_alone_is_read_as_it_is():
    asked = "Who is the chairman of the audit committee?"

    assert sought(asked, previous="How much leave is there?") == asked
