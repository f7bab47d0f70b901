"""Each sentence of an answer with what holds it up."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from apps.generation.checking.claims import Claim, claims_of
from apps.generation.checking.support import (
    SUPPORTED,
    UNSUPPORTED,
    WEAK,
    WORST_FIRST,
    Judgement,
    best_support,
    judge,
)
from apps.generation.reading.sentences import split_sentences
from apps.generation.reading.terms import content_terms

_WEIGHTS = {SUPPORTED: 1.0, WEAK: 0.6, UNSUPPORTED: 0.0}
_NEAR = 2  # sentences between two that are quoted together


@dataclass(frozen=True, slots=True)
class Sentence:
    """`text[start:end]` of the answer, marks included, and the sources it names or shares.

    `support`: `supported`, `weak` or `unsupported`. What names no source is weak at best. `reason`:
    in what it contradicts its sources (a `Clash`), `against`: the number of the one that does;
    empty and 0 where it does not, or where a number just stands in none.
    """

    start: int
    end: int
    support: str
    citations: tuple[int, ...]
    reason: str = ""
    against: int = 0


def sentences_of(text: str, sources: Sequence[str]) -> list[Sentence]:
    """Every sentence of `text` that says something, checked against what it cites; `[n]` stands
    for `sources[n - 1]`."""
    return [_checked(claim, sources) for claim in claims_of(text)]


def claim_support(claim: Claim, sources: Sequence[str]) -> str:
    """How well what the claim cites holds it up; without a citation the best source counts."""
    return _judged(claim, sources)[0].support


def _checked(claim: Claim, sources: Sequence[str]) -> Sentence:
    found, against = _judged(claim, sources)
    numbers = claim.numbers
    return Sentence(claim.start, claim.end, found.support, numbers, found.reason, against)


def _judged(claim: Claim, sources: Sequence[str]) -> tuple[Judgement, int]:
    """The judgement, and the number of the source that says otherwise (0: none)."""
    cited = [n for n in claim.numbers if 0 < n <= len(sources)]
    read = cited or range(1, len(sources) + 1)
    found = judge(claim.said, [sources[n - 1] for n in read])
    if not cited and found.against is None:
        level = min(WEAK, best_support(claim.said, sources), key=WORST_FIRST.index)
        found = Judgement(level, found.reason if level == UNSUPPORTED else "")
    return found, 0 if found.against is None else read[found.against]


def share_supported(sentences: Sequence[Sentence]) -> float:
    """How much of the answer is held up, 0..1; 1 when it says nothing."""
    if not sentences:
        return 1.0
    return sum(_WEIGHTS[one.support] for one in sentences) / len(sentences)


def nearest_span(source: str, said: Sequence[str]) -> tuple[int, int]:
    """The part of `source` that is nearest to what is said: the sentence that shares most words
    with each of `said`, together when they stand close, else the one that shares most of all."""
    spans = split_sentences(source) or [(0, len(source))]
    found = [_nearest(source, tuple(spans), one) for one in said] or [(0, 0.0)]
    places = sorted(index for index, _share in found)
    if places[-1] - places[0] > _NEAR:
        best = max(found, key=lambda one: one[1])[0]
        return spans[best]
    return spans[places[0]][0], spans[places[-1]][1]


def _nearest(source: str, spans: tuple[tuple[int, int], ...], said: str) -> tuple[int, float]:
    terms = set(content_terms(said))

    @cache
    def shared(index: int) -> float:
        start, end = spans[index]
        there = set(content_terms(source[start:end]))
        return len(terms & there) / (len(there) ** 0.5 or 1.0)

    best = max(range(len(spans)), key=shared)
    return best, shared(best)
