"""Words by which a group of questions can be named without telling what one person wrote."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from functools import cache
from pathlib import Path

from apps.retrieval.lexical.analysis import CJK

_RUNS = re.compile(rf"[{CJK}]+|[^\W_{CJK}]+(?:[-.'’][^\W_{CJK}]+)*")
_IS_CJK = re.compile(f"[{CJK}]")
# What may be about one person, whoever asked: an address, a telephone number, a number of somebody.
_PERSONAL = re.compile(r"\S@\S|(?:\d[\s().+-]{0,2}){7,}")
LONGEST = 8  # characters of a Chinese term
MOST_TERMS = 3
_WORDS = Path(__file__).with_name("asking_words.txt")


def is_personal(text: str) -> bool:
    """Whether it holds something like a mail address or a long number: it is never shown."""
    return _PERSONAL.search(unicodedata.normalize("NFKC", text)) is not None


def terms_shared(
    wordings: Sequence[tuple[str, Collection[int]]], *, min_people: int
) -> tuple[str, ...]:
    """Up to three terms that questions of so many different people hold, the most telling first.

    `wordings`: a text and who asked it. Empty when people share no term.
    """
    people: defaultdict[str, set[int]] = defaultdict(set)
    for text, askers in wordings:
        for term in _terms(text):
            people[term].update(askers)
    shared = {term: len(some) for term, some in people.items() if len(some) >= min_people}
    ordered = sorted(shared, key=lambda term: (-shared[term] * _width(term) ** 0.5, term))
    chosen: list[str] = []
    for term in ordered:
        if not any(term in other or other in term for other in chosen):
            chosen.append(_longest(term, shared))
        if len(chosen) == MOST_TERMS:
            break
    return tuple(dict.fromkeys(chosen))


def _longest(term: str, shared: dict[str, int]) -> str:
    """The whole of which it is a part, when as many people wrote that."""
    if not _IS_CJK.match(term):
        return term
    wholes = [one for one in shared if term in one and shared[one] == shared[term]]
    return max(wholes, key=lambda one: (len(one), one), default=term)


def _width(term: str) -> int:
    return len(term) * 2 if _IS_CJK.match(term) else len(term)


def _terms(text: str) -> set[str]:
    folded = unicodedata.normalize("NFKC", text).casefold()
    found: set[str] = set()
    for run in _RUNS.findall(folded):
        if _IS_CJK.match(run):
            found.update(_parts(_asking_in_chinese().split(run)))
        elif len(run) > 1 and run not in _asking_words() and not run.isdigit():
            found.add(run)
    return found


@cache
def _asking_words() -> frozenset[str]:
    """Words that ask and join, and say nothing of what is asked."""
    return frozenset(_WORDS.read_text(encoding="utf-8").split())


@cache
def _asking_in_chinese() -> re.Pattern[str]:
    words = sorted((word for word in _asking_words() if _IS_CJK.match(word)), key=len, reverse=True)
    return re.compile("|".join(words))


def _parts(pieces: Iterable[str]) -> Iterable[str]:
    for piece in pieces:
        for length in range(2, LONGEST + 1):
            yield from (piece[at : at + length] for at in range(len(piece) - length + 1))
