"""Scores against values worked out by hand."""

import pytest

from apps.evaluation import metrics


def test_recall_counts_any_relevant_passage_among_the_first_k():
    ranked = ["a", "b", "c"]

    assert metrics.is_recalled(ranked, {"b", "z"}, k=2)
    assert not metrics.is_recalled(ranked, {"b", "z"}, k=1)


@pytest.mark.parametrize(
    ("relevant", "expected"), [({"a"}, 1.0), ({"c", "z"}, 1 / 3), ({"z"}, 0.0)]
)
def test_reciprocal_rank_is_that_of_the_first_relevant_passage(relevant, expected):
    assert metrics.reciprocal_rank(["a", "b", "c"], relevant) == pytest.approx(expected)


def test_several_chunks_of_one_passage_count_once_at_their_best_rank():
    assert metrics.distinct(["a", "b", "a", "c", "b"]) == ["a", "b", "c"]


@pytest.mark.parametrize(
    ("prediction", "answer"),
    [
        ("The Eiffel Tower.", "eiffel tower"),
        ("$0.5 million", "0.5 million"),
        ("an  apple", "Apple"),
        ("光荣和ω-force。", "光荣和ω force"),
        ("136次", "136 次"),
        ("《三国志》", "三国志"),
    ],
)
def test_exact_match_ignores_case_articles_punctuation_and_spaces(prediction, answer):
    assert metrics.exact_match(prediction, ["something else", answer]) == 1.0


def test_exact_match_needs_the_whole_answer():
    assert metrics.exact_match("October 1973", ["October"]) == 0.0


def test_english_f1_is_over_words():
    # predicted: in october 1973 (3), gold: october 1973 (2), common 2: 2 * 2 / 5
    assert metrics.f1("in October, 1973", ["October 1973"]) == pytest.approx(0.8)


def test_chinese_f1_is_over_characters():
    # predicted: 村 雨 城 (3), gold: 任 天 堂 的 村 雨 城 (7), common 3: 2 * 3 / 10
    assert metrics.f1("村雨城", ["任天堂的村雨城"]) == pytest.approx(0.6)


def test_repeated_words_count_as_often_as_they_occur_in_both():
    # predicted: no no (2), gold: no (1), common 1: 2 * 1 / 3
    assert metrics.f1("no no", ["no"]) == pytest.approx(2 / 3)


def test_f1_is_the_best_over_the_gold_answers():
    assert metrics.f1("OAPEC", ["members of the OAPEC", "OAPEC"]) == 1.0


def test_nothing_in_common_or_no_gold_answer_scores_zero():
    assert metrics.f1("Paris", ["London"]) == 0.0
    assert metrics.f1("Paris", []) == 0.0


@pytest.mark.parametrize(("share", "expected"), [(0.5, 2.0), (0.95, 4.0), (0.0, 1.0), (1.0, 4.0)])
def test_percentile_is_the_smallest_value_that_covers_the_share(share, expected):
    assert metrics.percentile([4.0, 1.0, 3.0, 2.0], share) == expected


def test_no_values_have_percentile_and_mean_zero():
    assert metrics.percentile([], 0.95) == 0.0
    assert metrics.mean([]) == 0.0


@pytest.mark.parametrize(
    ("text", "wanted", "expected"),
    [
        ("It began in October, 1973.", "october 1973", True),
        ("It began in 19733.", "1973", False),
        ("由光荣和ω-force开发。", "光荣和 ω-force", True),
        ("from US$3 a barrel", "$3", True),
        ("in 2007-2010", "2010", True),
        ("anything", "", False),
    ],
)
def test_a_text_contains_an_answer_between_word_borders(text, wanted, expected):
    assert metrics.contains(text, wanted) is expected


@pytest.mark.parametrize(
    "sentence", ["It rained all day.", "Because it rained all day, we stayed.", "It rained"]
)
def test_a_sentence_is_evidence_when_either_holds_the_other(sentence):
    assert metrics.is_evidence(sentence, ["no", "it rained all day"])


def test_a_sentence_that_shares_only_words_is_no_evidence():
    assert not metrics.is_evidence("All day it was dry.", ["it rained all day"])


def test_area_under_curve_counts_pairs_in_the_right_order_and_ties_half():
    # 3 > 1, 3 > 2, 2 > 1 are right, 2 and 2 are tied: 3.5 of 4
    assert metrics.area_under_curve([3.0, 2.0], [1.0, 2.0]) == pytest.approx(3.5 / 4)


def test_area_under_curve_without_one_side_knows_nothing():
    assert metrics.area_under_curve([], [1.0]) == 0.5


def test_share_above_lets_the_allowed_share_of_negatives_pass():
    negative = [float(score) for score in range(10)]  # one tenth lies above 8

    assert metrics.share_above([8.5, 9.5, 8.0, 7.0], negative, allowed=0.1) == 0.5
