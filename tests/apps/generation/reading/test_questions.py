"""What questions ask for, in English, simplified and traditional Chinese."""

import pytest

from apps.generation.reading.queries import prepare
from apps.generation.reading.questions import Wanted, asked_for


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        ("Who founded the company?", Wanted.PERSON),
        ("When does the warranty end?", Wanted.TIME),
        ("In what year was it built?", Wanted.TIME),
        ("Where is the head office?", Wanted.PLACE),
        ("How many people work here?", Wanted.COUNT),
        ("How much did the project cost?", Wanted.MONEY),
        ("What percentage of sales came from Asia?", Wanted.PERCENT),
        ("Why was the plant closed?", Wanted.REASON),
        ("How do I reset the printer?", Wanted.MANNER),
        ("What is a purchase order?", Wanted.THING),
        ("Is overtime paid?", Wanted.YES_NO),
        ("公司的创始人是谁？", Wanted.PERSON),
        ("保修什么时候到期？", Wanted.TIME),
        ("工廠建於哪一年？", Wanted.TIME),
        ("总部在哪里？", Wanted.PLACE),
        ("公司有多少名员工？", Wanted.COUNT),
        ("住宿费是多少元？", Wanted.MONEY),
        ("持股比例是多少？", Wanted.PERCENT),
        ("工厂为什么关闭？", Wanted.REASON),
        ("如何重启打印机？", Wanted.MANNER),
        ("什么是采购订单？", Wanted.THING),
        ("加班是否有报酬？", Wanted.YES_NO),
    ],
)
def test_the_question_word_tells_the_kind_of_answer(question, wanted):
    assert asked_for(question).wanted == wanted


def test_a_phrase_without_a_question_word_asks_for_anything():
    assert asked_for("annual leave policy").wanted == Wanted.THING


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        ("Who do I tell when I lose my laptop?", Wanted.PERSON),
        ("In what year did the plant open, and who built it?", Wanted.TIME),
        ("How long is the warranty?", Wanted.COUNT),
        ("试用期多长时间？", Wanted.COUNT),
        ("When is the dividend paid?", Wanted.TIME),
    ],
)
def test_the_first_question_word_tells_the_kind_of_answer(question, wanted):
    assert asked_for(question).wanted == wanted


@pytest.mark.parametrize(
    ("question", "terms"),
    [("How long is the warranty?", {"warranty"}), ("谁是总裁？", {"总裁"})],
)
def test_words_that_only_ask_are_not_looked_for(question, terms):
    assert prepare(question).terms == terms
