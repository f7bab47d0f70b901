"""Words for groups of questions."""

import numpy as np
import pytest

from apps.ops.reports.grouping import groups
from apps.ops.reports.naming import is_personal, terms_shared


def test_a_group_is_named_by_what_enough_people_wrote():
    wordings = [
        ("How do I submit an expense report?", {1}),
        ("Where do expense reports go", {2}),
        ("deadline of the expense report of John Smith", {3}),
    ]

    assert terms_shared(wordings, min_people=3) == ("expense",)
    assert "smith" not in terms_shared(wordings, min_people=2)


def test_chinese_is_named_by_whole_words_without_those_that_ask():
    wordings = [("年假天数是多少？", {1}), ("请问年假天数怎么算", {2}), ("我的年假天数", {3})]

    assert terms_shared(wordings, min_people=3) == ("年假天数",)


def test_one_person_who_asks_often_is_not_many():
    wordings = [("salary of Jane Doe", {1}), ("Jane Doe salary", {1}), ("Jane Doe's salary?", {1})]

    assert terms_shared(wordings, min_people=2) == ()


@pytest.mark.parametrize(
    ("text", "is_so"),
    [("mail to a.b@company.lan", True), ("call +49 30 1234567", True),
     ("１３８００１３８０００", True), ("budget of 2026", False), ("年假有几天", False)],
)  # fmt: skip
def test_addresses_and_long_numbers_are_personal(text, is_so):
    assert is_personal(text) is is_so


def test_groups_form_around_what_weighs_most():
    vectors = np.array([[1, 0], [0.9, 0.44], [0, 1], [0.95, 0.31]], dtype=np.float32)

    assert groups(vectors, [1, 5, 2, 3], alike=0.8) == [[1, 3, 0], [2]]


def test_vectors_of_zeros_are_groups_of_their_own():
    assert groups(np.zeros((2, 3), dtype=np.float32), [1, 1]) == [[0], [1]]
