"""Whether a sentence is held up by its sources."""

import pytest

from apps.generation.checking.support import support_of


@pytest.mark.parametrize(
    ("sentence", "quotes", "support"),
    [
        ("Leave is 25 days.", ["Note: Leave is 25 days."], "supported"),
        ("Paid leave: 25 days a year", ["Employees get 25 days paid leave a year."], "supported"),
        ("Paid leave: 30 days a year", ["Employees get 25 days paid leave a year."], "unsupported"),
        ("住宿费标准每晚500元", ["员工出差的住宿费标准为每晚500元。"], "supported"),
        ("住宿费标准每晚800元", ["员工出差的住宿费标准为每晚500元。"], "unsupported"),
        ("Managers must approve travel abroad", ["Managers approve leave and travel."], "weak"),
        ("The moon is made of cheese", ["Leave is 25 days."], "unsupported"),
        ("Leave is 25 days.", [], "unsupported"),
    ],
)
def test_support_follows_words_and_numbers(sentence, quotes, support):
    assert support_of(sentence, quotes) == support
