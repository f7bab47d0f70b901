"""Ranking figures against trec_eval, and their intervals against what is known of them."""

import numpy as np
import pytest
import pytrec_eval

from apps.evaluation import metrics, ranking
from apps.evaluation.bootstrap import difference, estimate

random = np.random.default_rng(7)
ITEMS = [f"d{n}" for n in range(60)]
CASES = [
    (
        list(random.permutation(ITEMS)[: int(random.integers(1, 50))]),
        frozenset(random.choice(ITEMS, int(random.integers(1, 8)), replace=False)),
    )
    for _ in range(40)
]


def by_trec_eval(measure):
    """What the reference implementation says of every case, in order."""
    wanted = {str(n): dict.fromkeys(relevant, 1) for n, (_, relevant) in enumerate(CASES)}
    given = {
        str(n): {item: float(-rank) for rank, item in enumerate(ranked)}
        for n, (ranked, _) in enumerate(CASES)
    }
    name = measure.replace(".", "_")
    found = pytrec_eval.RelevanceEvaluator(wanted, {measure}).evaluate(given)
    return [found[str(n)][name] for n in range(len(CASES))]


@pytest.mark.parametrize("k", [1, 5, 10])
def test_recall_is_that_of_trec_eval(k):
    ours = [ranking.recall(*case, k=k) for case in CASES]

    assert ours == pytest.approx(by_trec_eval(f"recall.{k}"))


def test_ndcg_is_that_of_trec_eval():
    ours = [ranking.ndcg(*case, k=10) for case in CASES]

    assert ours == pytest.approx(by_trec_eval("ndcg_cut.10"))


def test_reciprocal_rank_is_that_of_trec_eval():
    ours = [metrics.reciprocal_rank(*case) for case in CASES]

    assert ours == pytest.approx(by_trec_eval("recip_rank"))


def test_what_is_cited_is_as_precise_as_its_right_share():
    assert ranking.precision({"a", "b", "c"}, {"a", "x"}) == pytest.approx(1 / 3)
    assert ranking.precision(set(), {"a"}) == 0


def test_an_interval_holds_the_true_mean_about_as_often_as_it_says():
    coins = [list((random.random(60) < 0.7).astype(float)) for _ in range(200)]

    held = [told.low <= 0.7 <= told.high for told in map(estimate, coins)]

    assert 0.9 <= sum(held) / len(held) <= 0.99


def test_the_same_values_give_the_same_interval():
    values = list(random.random(30))

    assert estimate(values) == estimate(values)
    assert estimate([]) is None


def test_a_difference_counts_questions_won_and_lost():
    told = difference([0.0, 1.0, 1.0, 0.5], [1.0, 0.0, 1.0, 1.0])

    assert (told.won, told.lost, told.same) == (2, 1, 1)
    assert told.value == pytest.approx(0.125)


def test_a_clear_loss_is_told_from_chance():
    assert difference([1.0] * 40, [0.0] * 20 + [1.0] * 20).is_clear
    assert not difference([1.0, 0.0] * 10, [0.0, 1.0] * 10).is_clear
