"""Whether a sentence says no more than the passages it cites."""

from collections.abc import Sequence
from dataclasses import dataclass

from apps.generation.checking.contradictions.comparing import Clash
from apps.generation.checking.contradictions.finding import contradiction_of, has_unknown_number
from apps.generation.checking.likeness import is_alike
from apps.generation.reading.terms import content_terms, is_han, tokens
from apps.modelhub.glossaries.script import simplified

SUPPORTED, WEAK, UNSUPPORTED = "supported", "weak", "unsupported"
WORST_FIRST = (UNSUPPORTED, WEAK, SUPPORTED)
_ENOUGH, _SOME = 0.8, 0.5
_MUCH, _LITTLE = 0.5, 0.1  # of a text in Chinese characters


@dataclass(frozen=True, slots=True)
class Judgement:
    """How well a sentence is held up. `reason` names what speaks against it, where that is known:
    a `Clash`, said by `quotes[against]`; empty: nothing does, or it just does not stand there."""

    support: str
    reason: str = ""
    against: int | None = None


def judge(sentence: str, quotes: Sequence[str]) -> Judgement:
    """`supported`, `weak` or `unsupported`: whether `sentence` says what `quotes` say.

    Quoted word for word is supported. A number that no quote has is never supported, nor what says
    the opposite of the sentence that is nearest to it. Otherwise the share of its content words
    counts (`support_by_words`).
    """
    if not quotes:
        return Judgement(UNSUPPORTED)
    if any(sentence.strip() in quote for quote in quotes):
        return Judgement(SUPPORTED)
    if has_unknown_number(sentence, quotes):
        return Judgement(UNSUPPORTED, Clash.NUMBER)
    if found := contradiction_of(sentence, quotes):
        return Judgement(UNSUPPORTED, found.clash, found.quote)
    return Judgement(support_by_words(sentence, quotes))


def support_of(sentence: str, quotes: Sequence[str]) -> str:
    """The level that `judge` gives."""
    return judge(sentence, quotes).support


def support_by_words(sentence: str, quotes: Sequence[str]) -> str:
    """How much of `sentence` stands in `quotes`: the share of its content words.

    Of a sentence in another language than the quotes only Latin names and nearness in meaning can
    be compared: it is weak at best.
    """
    said = set(content_terms(simplified(sentence)))
    given = {term for quote in quotes for term in content_terms(simplified(quote))}
    if _is_other_language(sentence, quotes):
        has_names = _has_names(sentence, given)
        return WEAK if has_names and is_alike(sentence, quotes) else UNSUPPORTED
    share = len(said & given) / len(said) if said else 1.0
    if share >= _ENOUGH:
        return SUPPORTED
    return WEAK if share >= _SOME else UNSUPPORTED


def best_support(sentence: str, sources: Sequence[str]) -> str:
    """The best that any single one of `sources` gives it."""
    levels = (support_of(sentence, [source]) for source in sources)
    return max(levels, key=WORST_FIRST.index, default=UNSUPPORTED)


def _is_other_language(sentence: str, quotes: Sequence[str]) -> bool:
    here, there = _share_of_han(sentence), _share_of_han(" ".join(quotes))
    return min(here, there) < _LITTLE and max(here, there) > _MUCH


def _share_of_han(text: str) -> float:
    words = tokens(text)
    return sum(is_han(word.norm) for word in words) / len(words) if words else 0.0


def _has_names(sentence: str, given: set[str]) -> bool:
    """Names and codes are written alike in both languages: most must be there."""
    words = tokens(sentence)
    if _share_of_han(sentence) < _LITTLE:  # the first word of a sentence is always capital
        names = {word.norm for word in words[1:] if sentence[word.start].isupper()}
    else:
        names = {word.norm for word in words if word.norm.isascii()}
    return len(names & given) * 2 >= len(names)
