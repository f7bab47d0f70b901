"""Whether a sentence says no more than the passages it cites."""

from collections.abc import Sequence

from apps.generation.reading.terms import content_terms, numbers_in

SUPPORTED, WEAK, UNSUPPORTED = "supported", "weak", "unsupported"
_ENOUGH, _SOME = 0.8, 0.5


def support_of(sentence: str, quotes: Sequence[str]) -> str:
    """`supported`, `weak` or `unsupported`: how much of `sentence` stands in `quotes`.

    Quoted word for word is supported. Otherwise the share of its content words counts, and a
    number that no quote has is never supported.
    """
    if not quotes:
        return UNSUPPORTED
    if any(sentence.strip() in quote for quote in quotes):
        return SUPPORTED
    said = set(content_terms(sentence))
    given = {term for quote in quotes for term in content_terms(quote)}
    share = len(said & given) / len(said) if said else 1.0
    has_own_numbers = bool(
        numbers_in(sentence) - {number for quote in quotes for number in numbers_in(quote)}
    )
    if share >= _ENOUGH and not has_own_numbers:
        return SUPPORTED
    return WEAK if share >= _SOME and not has_own_numbers else UNSUPPORTED
