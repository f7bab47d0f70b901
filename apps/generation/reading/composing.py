"""An answer in the passages' own words."""

from dataclasses import dataclass

from apps.generation import wording
from apps.generation.protocols import Evidence
from apps.generation.reading.choosing import Choice
from apps.generation.reading.queries import Query
from apps.generation.reading.questions import Wanted
from apps.generation.reading.quotes import Quote

_BARE = frozenset({Wanted.YES_NO, Wanted.MANNER, Wanted.REASON})  # want a sentence, not a phrase
_LONGEST_SHORT = 120


@dataclass(frozen=True, slots=True)
class Composed:
    """`text` with `[n]` for `evidence[n - 1]`; `short_answer` stands in the evidence."""

    text: str
    short_answer: str
    evidence: tuple[Evidence, ...]


def compose(query: Query, choice: Choice, *, is_clear: bool) -> Composed:
    """Each quote with its mark; where `is_clear` the short answer in front, if it is a phrase.

    Nothing is written that its passage does not say, except that sources differ where they do.
    """
    lines = [f"{one.in_words} [{n}]" for n, one in enumerate(choice.quotes, start=1)]
    short = _joined([one.short for one in choice.answers])
    if choice.differs:
        lines.insert(0, wording.DIFFERING[wording.language_of(query.text)])
    elif is_clear and _may_lead(query, choice, short):
        lines.insert(0, _joined([f"{one.short} [{_mark(choice, one)}]" for one in choice.answers]))
    evidence = tuple(_evidence(one) for one in choice.quotes)
    return Composed("\n".join(lines), short or choice.quotes[0].in_words, evidence)


def _may_lead(query: Query, choice: Choice, short: str) -> bool:
    """No cell stands before its row, no list before itself, no half sentence before the whole."""
    if query.asked.wanted in _BARE or not all(one.short for one in choice.answers):
        return False
    if any(one.is_row or one.items for one in choice.quotes):
        return False
    return len(short) <= _LONGEST_SHORT and len(short) * 2 < sum(
        len(one.text) for one in choice.quotes
    )


def _joined(texts: list[str]) -> str:
    return "; ".join(dict.fromkeys(text for text in texts if text))


def _mark(choice: Choice, answer: Quote) -> int:
    return next(
        n
        for n, one in enumerate(choice.quotes, start=1)
        if one.hit is answer.hit and one.start <= answer.start and answer.end <= one.end
    )


def _evidence(quote: Quote) -> Evidence:
    start, end = quote.answer or (None, None)
    return Evidence(quote.hit, quote.start, quote.end, answer_start=start, answer_end=end)
