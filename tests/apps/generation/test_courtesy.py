"""What asks nothing."""

import pytest
from django.utils import translation

from apps.core import metering
from apps.generation.answer import answer
from apps.generation.answers import Question
from apps.generation.conversations import conversation_create, previous_question
from apps.generation.courtesy import Remark, questions_asked, remark_in, reply_to
from apps.generation.models import Asking


@pytest.mark.parametrize(
    ("text", "remark"),
    [
        ("Hi!", Remark.GREETING),
        ("你好", Remark.GREETING),
        ("Thanks a lot :)", Remark.THANKS),
        ("好的，谢谢", Remark.THANKS),
        ("你是谁？", Remark.ABOUT),
        ("???!!!", Remark.WORDLESS),
        ("Hello, how much leave is there?", None),
        ("E07", None),
        ("help desk", None),
        ("谢谢信怎么写", None),
    ],
)
def test_a_remark_is_told_from_a_question(text, remark):
    assert remark_in(text) == remark


def test_without_a_word_the_interface_says_the_language():
    with translation.override("zh-hant"):
        assert reply_to("？？？").startswith("請用文字")
        assert reply_to("你好").startswith("您好！請")


def test_a_greeting_is_not_searched_for_and_no_curator_hears_of_it(scope, reader):
    talk = conversation_create(by=reader)
    given = answer(Question(text="hello", scope=scope, user=reader, conversation=talk))

    assert given.text.startswith("Hello!")
    assert (given.engine, given.citations, "read" in given.timings_ms) == ("courtesy", (), False)
    assert not Asking.objects.exists()
    assert previous_question(talk) == ""


def test_a_greeting_is_no_question_in_any_figure(scope, reader):
    meter = metering.open_meter()
    given = answer(Question(text="hello", scope=scope, user=reader))
    metering.close_meter()

    assert (given.is_answered, meter.outcome) == (True, None)
    assert not questions_asked().exists()
