"""How sure the built-in engine may be: what tells that the documents answer a question at all."""

import math
from collections.abc import Mapping, Sequence

from apps.generation.reading import ranking
from apps.generation.reading.marking import Query
from apps.generation.reading.ranking import Passage, Ranked
from apps.retrieval.protocols import Hit

FEATURES = (
    "coverage",
    "passage_coverage",
    "names_missing",
    "similarity",
    "lexical_lead",
    "lexical_height",
    "dense_lead",
    "coverage_lead",
)
_LEXICAL, _DENSE = "lexical", "dense"
_RIVALS = 7
_TYPICAL_RIVAL = 0.7


def confidence(features: Mapping[str, float], fitted: Mapping[str, float]) -> float:
    """The logistic of the weighted features: how likely the passages answer the question.

    Fitted by training/fit_refusal.py on questions asked with and without their passage.
    """
    total = fitted["intercept"] + sum(
        fitted.get(name, 0.0) * value for name, value in features.items()
    )
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, total))))


def refusal_features(
    query: Query,
    passages: Sequence[Passage],
    ranked: Sequence[Ranked],
    term_weights: Mapping[str, float],
) -> dict[str, float]:
    """What is known of the best sentence (`ranked[0]`) and its passage, by the names of `FEATURES`.

    `coverage`, `passage_coverage`: shares of the question's words, by their weight, in the sentence
    with its title and in the passage. `names_missing`: share of its names and numbers that the
    passage lacks. `similarity`: cosine of question and sentence (0 where meanings are not
    compared). Each `_lead`: how far the passage stands before the best other one, by words,
    meaning or coverage; `_height`: before their mean. No BM25 score counts by itself: it
    grows with the number of documents.
    """
    best = ranked[0]
    passage = passages[best.passage]
    named = dict(zip(ranking.NAMES, best.features, strict=True))
    covered = named["passage_coverage"]
    names = _names(query)
    others = [one for one in passages if one is not passage]
    words = _score(passage.hit, _LEXICAL)
    rivals = _rivals(words, others)
    meaning = _score(passage.hit, _DENSE)
    next_meaning = max((_score(one.hit, _DENSE) for one in others), default=0.0)
    next_coverage = max((ranking.share(one.terms, term_weights) for one in others), default=0.0)
    return {
        "coverage": named["coverage_in_context"],
        "passage_coverage": covered,
        "names_missing": len(names - passage.terms) / len(names) if names else 0.0,
        "similarity": named["similarity"],
        "lexical_lead": max(-1.0, 1.0 - max(rivals) / words) if words else 0.0,
        "lexical_height": max(-1.0, 1.0 - sum(rivals) / len(rivals) / words) if words else 0.0,
        "dense_lead": max(-0.5, meaning - next_meaning) if meaning else 0.0,
        "coverage_lead": covered - next_coverage,
    }


def _rivals(words: float, others: Sequence[Passage]) -> list[float]:
    """The word scores to stand before. Where few documents touch on the question any one stands
    out: typical rivals take the empty places."""
    scores = [score for one in others if (score := _score(one.hit, _LEXICAL)) > 0]
    return scores + [_TYPICAL_RIVAL * words] * (_RIVALS - len(scores))


def _score(hit: Hit, leg: str) -> float:
    return hit.leg_scores.get(leg, 0.0)


def _names(query: Query) -> frozenset[str]:
    """Terms of the question that name something: capitalised inside it, or holding a digit."""
    return frozenset(
        token.norm
        for token in query.tokens
        if token.norm in query.terms
        and (
            any(char.isdigit() for char in token.norm)
            or (token.start > 0 and query.text[token.start].isupper())
        )
    )
