"""Whether a sentence says no more than the passages it cites."""

from collections.abc import Sequence

from apps.generation.checking.likeness import is_alike
from apps.generation.reading.terms import content_terms, is_han, numbers_in, tokens
from apps.modelhub.glossaries.script import simplified

SUPPORTED, WEAK, UNSUPPORTED = "supported", "weak", "unsupported"
WORST_FIRST = (UNSUPPORTED, WEAK, SUPPORTED)
_ENOUGH, _SOME = 0.8, 0.5
_MUCH, _LITTLE = 0.5, 0.1  # of a text in Chinese characters


def support_of(sentence: str, quotes: Sequence[str]) -> str:
    """`supported`, `weak` or `unsupported`: how much of `sentence` stands in `quotes`.

    Quoted word for word is supported. Otherwise the share of its content words counts, and a
    number that no quote has is never supported. Of a sentence in another language than the quotes
    only numbers, Latin names and nearness in meaning can be compared: it is weak at best.
    """
    if not quotes:
        return UNSUPPORTED
    if any(sentence.strip() in quote for quote in quotes):
        return SUPPORTED
    own_numbers = numbers_in(sentence) - {n for quote in quotes for n in numbers_in(quote)}
    if own_numbers:
        return UNSUPPORTED
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
