"""Questions that ask for more than one thing."""

import pytest

from apps.generation.reading.parts import fits, parts_of, wants_several
from apps.generation.reading.questions import Wanted


@pytest.mark.parametrize(
    ("question", "wanted"),
    [
        ("Who designed the printer and when?", [Wanted.PERSON, Wanted.TIME]),
        ("In what year did the plant open, and who built it?", [Wanted.TIME, Wanted.PERSON]),
        ("谁设计了打印机，什么时候设计的？", [Wanted.PERSON, Wanted.TIME]),
        ("試用期多長？由誰審批？", [Wanted.COUNT, Wanted.PERSON]),
        ("Who do I tell when I lose my laptop?", [Wanted.PERSON]),
        ("What are bread and butter made of?", [Wanted.THING]),
        ("报销单和发票交给谁？", [Wanted.PERSON]),
    ],
)
def test_a_part_has_a_question_word_of_its_own(question, wanted):
    assert [part.asked.wanted for part in parts_of(question)] == wanted


@pytest.mark.parametrize(
    "question",
    [
        "Which documents are needed?", "What are the steps?", "List the benefits.",
        "What does the kit include?", "需要哪些材料？", "報銷流程是什麼？", "有什么要求？",
    ],
)  # fmt: skip
def test_some_questions_want_the_whole_list(question):
    assert wants_several(question)


@pytest.mark.parametrize(
    "question", ["Who founded it?", "What does it cost?", "What is the limit?", "试用期多长？"]
)
def test_others_want_one_thing(question):
    assert not wants_several(question)


def test_what_is_wanted_tells_what_fits():
    assert fits("14 May 2023", Wanted.TIME)
    assert not fits("Anna", Wanted.TIME)
    assert fits("the green button", Wanted.THING) is None
