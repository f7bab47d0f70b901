"""What of a model's words goes out, and when."""

import pytest

from apps.generation.engines.telling import Telling

pytestmark = pytest.mark.django_db  # other languages are compared by the embedder
LEAVE = "Employees get 25 days of paid leave a year. Unused days lapse on 31 March."
PRINTER = "The printer was designed by Anna Keller in 2014."
CHINESE = "员工出差的住宿费标准为每晚500元。"
SOURCES = [PRINTER, LEAVE, CHINESE]


def told(*pieces: str) -> str:
    """What goes out of an answer that comes in these pieces."""
    telling = Telling(SOURCES)
    out = "".join(telling.add(piece) for piece in pieces) + telling.end() + telling.marked()
    assert out == telling.text
    return out


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("Employees get 25 days [2].", "Employees get 25 days [1]."),
        ("Employees get 25 days. [2][1]", "Employees get 25 days. [1][2]"),
        ("Employees get 25 days [2, 1].", "Employees get 25 days [1][2]."),
        ("Employees get 25 days [1-2].", "Employees get 25 days [1][2]."),
        ("Employees get 25 days 【2】.", "Employees get 25 days [1]."),
        ("Employees get 25 days [passage 2].", "Employees get 25 days [1]."),
        ("Employees get 25 days [2] [9].", "Employees get 25 days [1]."),
        ("住宿费标准为每晚500元[3]。", "住宿费标准为每晚500元[1]。"),
        ("Employees get `days[2]` 25 days [2].", "Employees get `days[2]` 25 days [1]."),
        ("Employees get [25 days](leave.txt) [2].", "Employees get [25 days](leave.txt) [1]."),
    ],
)
def test_marks_are_numbered_as_they_come_and_invented_ones_vanish(written, shown):
    assert told(written) == shown
    assert told(*written) == shown  # character by character


@pytest.mark.parametrize(
    "refusal",
    [
        "NOT_FOUND",
        " not_found.",
        "**NOT_FOUND**",
        "The passages do not mention paid leave of managers.",
        "段落中没有提到这个标准。",
        "The moon is made of cheese. It is very tasty. [2]",
        "It is. The a. Paid. [2]",
        "Anna Keller gets days of leave unless printers lapse.",
        "<think>Employees get 25 days of paid leave a year. [2]",
        "",
    ],
)
def test_a_refusal_and_what_nothing_holds_up_never_show(refusal):
    assert told(*refusal) == ""


def test_nothing_shows_before_a_sentence_that_the_passages_hold_up():
    telling = Telling(SOURCES)

    assert telling.add("Employees get 25 days of paid") == ""
    assert telling.add(" leave a year. [2]") == ""
    assert telling.add(" Unused") == "Employees get 25 days of paid leave a year. [1] Unused"
    assert telling.add(" days") == " days"


def test_what_comes_after_the_marker_does_not_count():
    assert told("Employees get 25 days. [2] ", "NOT_", "FOUND Ha.") == "Employees get 25 days. [1] "
    assert "FOUND" not in told("Employees get 25 days. [2]\n- ", "NOT_FOUND")


def test_the_marker_inside_a_sentence_is_a_word_of_the_documents():
    said = "Employees get 25 days of paid leave a year, `NOT_FOUND` or not. [2]"

    assert told(*said) == said.replace("[2]", "[1]")


def test_thoughts_do_not_show():
    thoughts = "<think>Which passage? The second.</think>\n"

    assert told(*thoughts, "Employees get 25 days. [2]") == "Employees get 25 days. [1]"


def test_an_answer_without_marks_gets_those_of_the_passages_that_say_it():
    assert (
        told("Employees get 25 days of paid leave.") == "Employees get 25 days of paid leave. [1]"
    )
