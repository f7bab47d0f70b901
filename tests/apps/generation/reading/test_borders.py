"""No short answer cuts a word, a number from its unit, or a bracket."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.generation.reading.borders import in_one_paragraph, whole_answer


def _whole(text: str, marked: str, question: str = "") -> str:
    start = text.index(marked)
    within = (0, len(text))
    return text[
        slice(*whole_answer(text, (start, start + len(marked)), within=within, question=question))
    ]


@pytest.mark.parametrize(
    ("text", "marked", "whole"),
    [
        ("It cost 12.5 million yuan in all.", "12", "12.5 million yuan"),
        ("It cost $1,250.50 net.", "250", "$1,250.50"),
        ("Sales grew by 7.5 percent.", "7.5", "7.5 percent"),
        ("Hold it for 5 seconds.", "5", "5 seconds"),
        ("Hand it in within 10 working days.", "10", "10 working days"),
        ("It was opened on 12 May 2023 in Oslo.", "12", "12 May 2023"),
        ("It was opened in May 2023 in Oslo.", "2023", "2023"),
        ("Use the MX-200A here.", "200", "200A"),
        ("The laboratory moved.", "labor", "laboratory"),
        ("试用期为12个月。", "12", "12个月"),
        ("试用期為12個月。", "12", "12個月"),
        ("应在10个工作日内提交。", "10", "10个工作日"),
        ("营收为1,250.5万元。", "250", "1,250.5万元"),
        ("增长率为3.5%左右。", "3", "3.5%"),
        ("工厂于2023年5月建成。", "2023", "2023年"),
        ("工厂于2023年5月建成。", "20", "2023年"),
        ("工廠於2023年5月建成。", "5", "5月"),
        ("It is called “the boss” here.", "“the boss", "“the boss”"),
        ("它叫做《云海计划》。", "云海计划》", "《云海计划》"),
        ("By Tom (Head, HR) today.", "Tom (Head", "Tom (Head, HR)"),
        ("项目叫“云海”，今年开始。", "“云海”，", "“云海”"),
        ("The Red Sea, they say.", "Red Sea,", "Red Sea"),
    ],
)
def test_an_answer_is_widened_until_nothing_is_cut(text, marked, whole):
    assert _whole(text, marked) == whole


def test_a_unit_that_the_question_names_is_not_said_again():
    text = "Employees get 25 days of leave."

    assert _whole(text, "25", question="How many days of leave?") == "25"


def test_a_bracket_without_its_other_half_is_left_out():
    assert _whole("Ask Tom (Head of HR", "Tom (Head of HR") == "Tom"


@given(
    st.text(st.sampled_from("ab 12.5%,()“”《》年月日个元$ 。，\n第三百"), min_size=1, max_size=60),
    st.data(),
)
def test_an_answer_stays_in_its_sentence_and_is_never_empty(text, data):
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))

    first, last = whole_answer(text, (start, end), within=(0, len(text)))

    assert 0 <= first < last <= len(text)


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("the treasurer, Mr Gu.\n\n7", "the treasurer, Mr Gu."),
        ("Sick leave\n \nTell your team lead", "Tell your team lead"),
        ("at year\fend", "at year"),
        ("one line\nand the next", "one line\nand the next"),
    ],
)
def test_an_answer_ends_with_its_paragraph(text, part):
    assert text[slice(*in_one_paragraph(text, (0, len(text))))] == part
