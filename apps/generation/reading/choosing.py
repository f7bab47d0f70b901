"""Which quotes make an answer: the best, what the other parts need, what says otherwise."""

from collections.abc import Sequence
from dataclasses import dataclass

from apps.generation.reading.parts import FITTING, fits, parts_of, wants_several
from apps.generation.reading.queries import Query
from apps.generation.reading.questions import Wanted
from apps.generation.reading.quotes import Quote, quote_around, quotes_of
from apps.generation.reading.sentences import split_sentences
from apps.generation.reading.shapes import Shape, regions
from apps.generation.reading.terms import content_terms, numbers_in
from apps.retrieval.protocols import Hit

MOST_QUOTES = 3
MOST_LISTED = 5
_NEAR = 2.0  # logits of relevance behind the best hit
_LIKELY = 4.0  # logits of margin behind the best span
_SAME, _ALIKE = 0.8, 0.6  # shares of terms: the same fact; the same matter
_TELLING_APART = {Wanted.TIME, Wanted.COUNT, Wanted.MONEY, Wanted.PERCENT, Wanted.PERSON}
_FIGURES = (Shape.DATE, Shape.MONEY, Shape.PERCENT, Shape.NUMBER)


@dataclass(frozen=True, slots=True)
class Choice:
    """The quotes in the order of the answer. `answers`: those whose short answers belong in it;
    `differs`: two sources contradict each other."""

    quotes: tuple[Quote, ...]
    answers: tuple[Quote, ...]
    differs: bool = False


def choose(query: Query, hits: Sequence[Hit]) -> Choice | None:
    """What to quote of `hits` (best first, as read) for the question; None: no span anywhere."""
    best, further = _candidates(query, hits)
    if best is None:
        return None
    parts = parts_of(query.text)
    if len(parts) > 1:
        return _by_parts(parts, best, further)
    for other in further:
        if _contradicts(query, best, other):
            return Choice((best, other), (best,), differs=True)
    wide = wants_several(query.text) and not best.items
    quotes = _with_new(query, best, further, wide=wide)
    return Choice(quotes, quotes if wide else (best,))


def _candidates(query: Query, hits: Sequence[Hit]) -> tuple[Quote | None, list[Quote]]:
    """The best hit's first quote, and the others that are nearly as good, best first."""
    first = quotes_of(hits[0], query)
    if not first:
        return None, []
    best = first[0]
    others = [*first[1:], *(quote for hit in hits[1:] for quote in quotes_of(hit, query))]
    return best, [one for one in others if _is_near(one, best)]


def _is_near(one: Quote, best: Quote) -> bool:
    is_likely = one.margin > 0 and one.margin >= best.margin - _LIKELY
    return is_likely and one.relevance >= max(0.0, best.relevance - _NEAR)


def _with_new(
    query: Query, best: Quote, further: Sequence[Quote], *, wide: bool
) -> tuple[Quote, ...]:
    """The best, and what bears on words of the question that neither it nor its headings have, or
    is a further item where several are wanted (`wide`)."""
    chosen = [best]
    covered = query.terms & (best.terms | frozenset(content_terms(best.hit.context)))
    for one in further:
        if any(_repeats(one, before) for before in chosen):
            continue
        if wide or (query.terms & one.terms) - covered:
            chosen.append(one)
            covered |= query.terms & one.terms
        if len(chosen) == (MOST_LISTED if wide else MOST_QUOTES):
            break
    return tuple(chosen)


def _repeats(one: Quote, before: Quote) -> bool:
    """Whether it says nothing new: the same short answer, or nearly the same words."""
    if content_terms(one.short) == content_terms(before.short):
        return True
    mine, theirs = one.terms, before.terms
    return len(mine & theirs) >= _SAME * min(len(mine), len(theirs))


def _contradicts(query: Query, best: Quote, other: Quote) -> bool:
    """Whether another document says something else of the same matter: another figure or name."""
    if other.hit.document == best.hit.document or query.asked.wanted not in _TELLING_APART:
        return False
    mine, theirs = frozenset(content_terms(best.short)), frozenset(content_terms(other.short))
    if mine <= theirs or theirs <= mine or not _are_alike(query, best.short, other.short):
        return False
    if numbers_in(best.short) & numbers_in(other.short):
        return False
    left, right = best.terms - mine, other.terms - theirs
    same = len(left & right) >= _ALIKE * min(len(left), len(right))
    return same and (query.terms & best.terms) <= (query.terms & other.terms)


def _are_alike(query: Query, one: str, other: str) -> bool:
    if query.asked.wanted == Wanted.PERSON:
        return bool(fits(one, Wanted.PERSON) and fits(other, Wanted.PERSON))
    kinds = [
        {region.shape for region in regions(text, is_chinese=not text.isascii())}
        for text in (one, other)
    ]
    return bool(kinds[0] & kinds[1] & set(_FIGURES))


def _by_parts(parts: Sequence[Query], best: Quote, further: Sequence[Quote]) -> Choice:
    """For each part its own answer: a span that fits, else the nearest sentence that may."""
    mine = _part_of(best, parts)
    found: list[Quote | None] = [None] * len(parts)
    found[mine] = best
    for number, part in enumerate(parts):
        if found[number] is None:
            taken = [one for one in found if one]
            found[number] = _fitting(part, further, taken) or _beside(part, best, taken)
    answers = tuple(one for one in found if one)
    quotes: list[Quote] = []
    for one in answers:
        if not any((one.hit, one.start, one.end) == (q.hit, q.start, q.end) for q in quotes):
            quotes.append(one)
    return Choice(tuple(quotes), answers)


def _part_of(best: Quote, parts: Sequence[Query]) -> int:
    """Which part the best span answers: the first whose kind it is, else the first open one."""
    kinds = [fits(best.short, part.asked.wanted) for part in parts]
    if True in kinds:
        return kinds.index(True)
    return kinds.index(None) if None in kinds else 0


def _fitting(part: Query, further: Sequence[Quote], taken: Sequence[Quote]) -> Quote | None:
    for one in further:
        if any(content_terms(one.short) == content_terms(other.short) for other in taken):
            continue
        kind = fits(one.short, part.asked.wanted)
        if kind or (kind is None and part.terms & one.terms):
            return one
    return None


def _beside(part: Query, best: Quote, taken: Sequence[Quote]) -> Quote | None:
    """The place of the wanted kind in the best passage that shares most words with the part; of
    equals the one nearest to what is quoted already."""
    fitting = FITTING.get(part.asked.wanted)
    if fitting is None:
        return None
    text, used = best.hit.text, [one.answer for one in taken if one.answer]
    ranked: list[tuple[int, int, tuple[int, int]]] = []
    for start, end in split_sentences(text):
        shared = len(part.terms.intersection(content_terms(text[start:end])))
        near = -abs(start - best.start)
        for region in regions(text[start:end], is_chinese=not text.isascii()):
            span = (start + region.start, start + region.end)
            is_free = all(span[1] <= first or last <= span[0] for first, last in used)
            if region.shape in fitting and is_free and (shared or start == best.start):
                ranked.append((shared, near, span))
    if not ranked:
        return None
    return quote_around(best.hit, max(ranked, key=lambda one: one[:2])[2], part)
