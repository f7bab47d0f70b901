"""Which passage a sentence contradicts."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from apps.generation.checking.contradictions.comparing import Clash, clash_of
from apps.generation.checking.contradictions.numbers import has_numbers_of
from apps.generation.checking.contradictions.statements import Statement, statement_of
from apps.generation.reading.sentences import split_sentences
from apps.generation.reading.terms import numbers_in

_SAME_MATTER = 0.6
_AS_NEAR = 0.15
_WORD_FOR_WORD = 0.9
_LEAST_MATTER = 2
_SOME_MATTER = 0.3


@dataclass(frozen=True, slots=True)
class Contradiction:
    """In what, and by which of the quotes (from 0)."""

    clash: Clash
    quote: int


def contradiction_of(sentence: str, quotes: Sequence[str]) -> Contradiction | None:
    """Where the sentence of `quotes` that is nearest to `sentence` says something else; None when
    none speaks of the same matter, or one as near does not contradict it."""
    said = statement_of(sentence)
    matter = len(said.terms) + len(said.quantities) + len(said.reaches)
    if not said.terms or matter < _LEAST_MATTER:
        return None
    near = sorted(
        (
            (said.share_in(given), quote, place)
            for quote, text in enumerate(quotes)
            for place, given in enumerate(statements_of(text))
        ),
        key=lambda one: -one[0],
    )
    near = [one for one in near if one[0] >= max(_SAME_MATTER, near[0][0] - _AS_NEAR)]
    clashes = []
    for _share, quote, place in near:
        clash = _clash_at(said, quotes[quote], place)
        if clash is None:
            return None
        clashes.append(clash)
    if not clashes:
        return None
    share, quote, place = near[0]
    if clashes[0] == Clash.NUMBER and share < _WORD_FOR_WORD:
        given = statements_of(quotes[quote])[place]
        others = (other for text in quotes for other in statements_of(text))
        if any(has_numbers_of(said, given, other) for other in others):
            return None
    return Contradiction(clashes[0], quote)


def _clash_at(said: Statement, quote: str, place: int) -> Clash | None:
    """With one sentence of a quote; none when it is gone once the next one that speaks of the
    matter is read with it."""
    all_given = statements_of(quote)
    clash = clash_of(said, all_given[place])
    for first in (place - 1, place):
        if clash in (None, Clash.NUMBER) or not 0 <= first < len(all_given) - 1:
            continue
        pair = all_given[first : first + 2]
        if min(said.share_in(one) for one in pair) >= _SOME_MATTER:
            clash = clash_of(said, statement_of(" ".join(one.plain for one in pair)))
    return clash


def has_unknown_number(sentence: str, quotes: Sequence[str]) -> bool:
    """Whether `sentence` has a number in digits that no quote has in digits or otherwise."""
    unknown = numbers_in(sentence) - {n for quote in quotes for n in numbers_in(quote)}
    if not unknown:
        return False
    given = {q.value for quote in quotes for one in statements_of(quote) for q in one.quantities}
    said = {q.written for q in statement_of(sentence).quantities if q.written and q.value in given}
    return bool(unknown - said)


@lru_cache(maxsize=512)
def statements_of(quote: str) -> tuple[Statement, ...]:
    """The sentences of a passage."""
    spans = split_sentences(quote) or [(0, len(quote))]
    return tuple(statement_of(quote[start:end]) for start, end in spans)
