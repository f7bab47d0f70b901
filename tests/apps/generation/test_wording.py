"""The language an answer is given in."""

import pytest

from apps.generation.wording import NOT_FOUND, NOTHING_NEAR, REMOVED, WITHHELD, language_of


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("How much leave is there?", "en"),
        ("年假有多少天？", "zh-hans"),
        ("報銷單應該何時提交？", "zh-hant"),
        ("Excel 表格怎么导出？", "zh-hans"),
        ("Who wrote 论语 and what are the main ideas of the text?", "en"),
        ("2024", "en"),
    ],
)
def test_the_question_tells_the_language(text, language):
    assert language_of(text) == language


@pytest.mark.parametrize("texts", [NOT_FOUND, NOTHING_NEAR, REMOVED, WITHHELD])
def test_every_sentence_exists_in_every_language(texts):
    assert texts.keys() == {"en", "zh-hans", "zh-hant"}
