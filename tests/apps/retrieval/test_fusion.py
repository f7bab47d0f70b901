"""Fuses rankings by rank, weight and how sure each leg is."""

from apps.retrieval.fusion import RankedLeg, weighted_rank_fusion, weights_for
from apps.retrieval.language import Language
from apps.retrieval.protocols import Candidate

ENGLISH_ONLY, BILINGUAL = frozenset({"en"}), frozenset({"en", "zh"})


def test_a_chunk_that_both_legs_found_wins_over_one_that_one_leg_found():
    words = [Candidate(1, 9.0), Candidate(2, 8.0)]
    vectors = [Candidate(3, 0.9), Candidate(2, 0.8)]

    fused = weighted_rank_fusion([RankedLeg(words, 1.0), RankedLeg(vectors, 1.0)], k=60)

    assert fused[0][0] == 2


def test_first_in_every_leg_scores_one():
    legs = [RankedLeg([Candidate(7, 3.2)], 1.0), RankedLeg([Candidate(7, 0.4)], 0.5)]

    assert weighted_rank_fusion(legs, k=60) == [(7, 1.0)]


def test_a_leg_of_weight_zero_adds_nothing():
    legs = [RankedLeg([Candidate(1, 1.0)], 1.0), RankedLeg([Candidate(2, 1.0)], 0.0)]

    assert weighted_rank_fusion(legs, k=60) == [(1, 1.0)]


def test_a_leg_without_any_likeness_adds_nothing():
    legs = [RankedLeg([Candidate(1, 5.0)], 1.0), RankedLeg([Candidate(2, -0.1)], 0.5)]

    assert dict(weighted_rank_fusion(legs, k=60))[2] == 0


def test_an_english_embedder_has_no_say_in_chinese():
    assert weights_for(Language.CHINESE, ENGLISH_ONLY).dense == 0
    assert weights_for(Language.MIXED, ENGLISH_ONLY).dense == 0
    assert weights_for(Language.ENGLISH, ENGLISH_ONLY).dense > 0


def test_a_bilingual_embedder_is_heard_in_both_languages():
    assert weights_for(Language.CHINESE, BILINGUAL) == weights_for(Language.ENGLISH, BILINGUAL)
