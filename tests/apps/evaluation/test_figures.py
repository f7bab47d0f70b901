"""Figures against values worked out by hand."""

from uuid import uuid4

import pytest

from apps.evaluation import figures
from apps.evaluation.figures import Asked, Found
from apps.evaluation.golden_set import GoldQuestion
from apps.generation.answers import Answer
from apps.generation.protocols import Citation

GOLD = [
    GoldQuestion("1", "?", ("red",), frozenset({"a"})),
    GoldQuestion("2", "?", ("blue",), frozenset({"b"})),
]


def citation(path: str) -> Citation:
    return Citation(
        n=1, chunk=uuid4(), document=uuid4(), version=uuid4(), title="", path=path, page=1,
        heading="", quote="", start=0, end=1, url="", support="supported",
    )  # fmt: skip


def asked(
    text: str, *, is_answered: bool = True, shown: str = "It is so.", confidence=1.0, source=""
) -> Asked:
    answer = Answer(
        text=shown, short_answer=text, is_answered=is_answered, confidence=confidence,
        citations=(citation(source),), nearest=(), engine="builtin", timings_ms={}, trace=uuid4(),
    )  # fmt: skip
    return Asked(answer, 1.0)


def test_retrieval_figures_average_over_the_questions():
    found = [Found(["a", "b"], ms=10.0), Found(["a", "c", "b"], ms=30.0)]

    result = figures.retrieval_figures(GOLD, found)

    assert (result["recall_at_1"], result["recall_at_5"]) == (0.5, 1.0)
    assert result["mrr"] == pytest.approx((1 + 1 / 3) / 2)
    assert (result["search_p50_ms"], result["search_p95_ms"]) == (10.0, 30.0)


def test_each_leg_is_scored_on_its_own_order():
    found = [
        Found(["a"], ms=1.0, legs={"dense": ["b", "a"], "lexical": ["a"]}),
        Found(["b"], ms=1.0, legs={"lexical": ["b"]}),
    ]

    result = figures.leg_figures(GOLD, found)

    assert (result["dense_recall_at_1"], result["dense_recall_at_5"]) == (0.0, 0.5)
    assert result["lexical_recall_at_1"] == 1.0


def test_an_unanswered_question_scores_nothing_even_with_the_right_words():
    result = figures.answer_figures(GOLD, [asked("red"), asked("blue", is_answered=False)])

    assert (result["em"], result["f1"], result["answered"]) == (0.5, 0.5, 0.5)


def test_an_answer_without_a_short_form_is_scored_by_its_text():
    gold = [GoldQuestion("1", "?", ("It is so",), frozenset({"a"}))]

    assert figures.answer_figures(gold, [asked("")])["em"] == 1.0


@pytest.mark.parametrize(
    ("shown", "source", "expected"),
    [("It is red. [1]", "a", 0.5), ("It is red. [1]", "b", 0.0), ("It is dark. [1]", "a", 0.0)],
)
def test_an_answer_is_accurate_when_it_holds_a_gold_one_and_cites_its_source(
    shown, source, expected
):
    given = [asked("", shown=shown, source=source), asked("", is_answered=False)]

    assert figures.answer_figures(GOLD, given)["answer_accuracy"] == expected


def test_recall_before_reading_is_reported_beside_that_after_it():
    found = [Found(["a"], 1.0, before=["x", "a"]), Found(["b"], 1.0, before=["b"])]

    result = figures.unread_figures(GOLD, found)

    assert result["before_reading_recall_at_1"] == 0.5
    assert result["before_reading_recall_at_5"] == 1.0


def test_confidence_parts_questions_that_can_be_answered_from_others():
    sure, unsure = [asked("x", confidence=0.9)], [asked("x", confidence=0.2)]

    assert figures.confidence_auc(sure, unsure) == 1.0
    assert figures.confidence_auc(sure, sure) == 0.5


def test_questions_without_gold_answers_count_for_answered_only():
    gold = [*GOLD, GoldQuestion("3", "?", (), frozenset({"c"}))]

    result = figures.answer_figures(gold, [asked("red"), asked("blue"), asked("x")])

    assert (result["em"], result["answered"]) == (1.0, 1.0)


def test_a_report_lists_the_promised_keys_first_and_rounds():
    made = dict.fromkeys(reversed(figures.KEYS), 0.123456) | {"extra": 1, "queries": 3}

    report = figures.as_report(made)

    assert tuple(report) == (*figures.KEYS, "extra")
    assert (report["mrr"], report["ask_p50_ms"], report["queries"]) == (0.1235, 0.12, 3)
