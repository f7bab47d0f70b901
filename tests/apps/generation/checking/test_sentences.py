"""Sentences of answers beside their sources."""

import pytest

from apps.generation.checking.sentences import nearest_span, sentences_of, share_supported

LEAVE = "Employees get 25 days of paid leave a year. Unused days lapse on 31 March. Ask HR."
CHINESE = "员工每年享有25天带薪年假。"

pytestmark = pytest.mark.django_db  # other languages are compared by the embedder


def levels(text: str, *sources: str) -> list[str]:
    return [one.support for one in sentences_of(text, sources)]


def test_each_sentence_is_judged_by_what_it_cites():
    text = "Employees get 25 days a year. [1] Employees get 30 days a year. [1]"

    assert levels(text, LEAVE) == ["supported", "unsupported"]


def test_what_cites_nothing_is_weak_at_best():
    assert levels("Employees get 25 days of paid leave. Dogs bark.", LEAVE) == [
        "weak",
        "unsupported",
    ]


@pytest.mark.parametrize(
    ("said", "source", "level"),
    [
        ("Employees get 25 days of leave. [1]", CHINESE, "weak"),
        ("Employees get 30 days of leave. [1]", CHINESE, "unsupported"),
        ("The moon is made of cheese. [1]", CHINESE, "unsupported"),
        ("Employees of Siemens get 25 days of leave. [1]", CHINESE, "unsupported"),
        ("员工每年有25天年假。[1]", LEAVE, "weak"),
        ("員工每年享有25天帶薪年假。[1]", CHINESE, "supported"),
    ],
)
def test_other_languages_are_compared_by_meaning_and_numbers_other_scripts_by_words(
    said, source, level
):
    assert levels(said, source) == [level]


def test_an_answer_is_held_up_as_far_as_its_sentences_are():
    text = "Employees get 25 days a year. [1] Employees get 30 days a year. [1]"

    assert share_supported(sentences_of(text, [LEAVE])) == 0.5
    assert share_supported([]) == 1.0


def test_the_quote_is_the_sentence_that_is_nearest():
    start, end = nearest_span(LEAVE, ["Leave that is not used lapses on 31 March."])

    assert LEAVE[start:end] == "Unused days lapse on 31 March."
