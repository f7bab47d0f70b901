"""What one sentence denies, requires and counts: read once, compared often."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from apps.generation.checking.contradictions.cues import DENYING, cues_in, plain_of
from apps.generation.checking.contradictions.opposites import DUTIES, Side, opposites_in
from apps.generation.checking.contradictions.quantities import Quantity, quantities_in
from apps.generation.checking.contradictions.reaches import Reach, reach_of
from apps.generation.checking.contradictions.surroundings import Surroundings, surroundings_of
from apps.generation.checking.contradictions.words import bare_of, base_of
from apps.generation.reading.terms import Token, is_han, is_stop, tokens

# Behind a denial they turn it round: "not without leave" is "only with leave".
_ONLY = re.compile(r"\b(?:only|solely|exclusively)\b(?<!not only)|(?<!不)仅|只|唯有|方可|才[可能]")
_EXCEPTIONS = re.compile(r"\b(?:unless|without|until|except|before)\b|除非|未经|否则|之?前")


@dataclass(frozen=True, slots=True)
class Opposite:
    """A word of a pair of opposites."""

    side: Side
    start: int
    around: Surroundings


@dataclass(frozen=True, slots=True)
class Statement:
    """A sentence: `terms` are its words of matter without numbers and cues, `paired` those of them
    that belong to pairs of opposites."""

    plain: str
    words: tuple[Token, ...]
    terms: frozenset[str]
    paired: frozenset[str]
    reaches: tuple[Reach, ...]
    opposites: tuple[Opposite, ...]
    quantities: tuple[Quantity, ...]
    exceptions: int
    has_only: bool

    def places_of(self, focus: str) -> Iterator[int]:
        """Where a focus stands."""
        if is_han(focus[0]):
            return (found.start() for found in re.finditer(re.escape(focus), self.plain))
        return (word.start for word in self.words if word.norm == focus)

    def sign_at(self, place: int) -> int:
        """-1: denied there; 1: not; 0: it may be."""
        reaching = [
            one for one in self.reaches if one.kind in DENYING and one.start <= place < one.stop
        ]
        if not reaching:
            return 1
        return -1 if any(place < one.end for one in reaching) and len(reaching) == 1 else 0

    def share_in(self, other: "Statement") -> float:
        """How much of its matter stands in `other`, 0..1; words of pairs count only where they do:
        the other side may stand there."""
        shared = self.terms & other.terms
        return len(shared) / (len(self.terms - self.paired | shared) or 1)

    def around(self, start: int, end: int) -> Surroundings:
        """Of `plain[start:end]`."""
        return surroundings_of(self.plain, self.words, start, end)


@lru_cache(maxsize=4096)
def statement_of(sentence: str) -> Statement:
    """Everything that is compared, from the text alone."""
    plain = plain_of(sentence)
    words = tuple(word._replace(norm=base_of(word.norm)) for word in tokens(plain))
    quantities = tuple(quantities_in(plain))
    opposites = list(opposites_in(words, plain))
    cues = list(cues_in(plain))
    told = [(cue.start, cue.end) for cue in cues]  # "prohibited" is one, "allowed" a part of one
    opposites = [
        one
        for one in opposites
        if one[0][0] not in DUTIES or not any(s <= one[1] < e for s, e in told)
    ]
    pairs = [(start, end) for _side, start, end in opposites]
    left_out = [*told, *((one.start, one.end) for one in quantities)]
    matter = [word for word in words if not is_stop(word.norm) and not _is_in(word, left_out)]
    return Statement(
        plain=plain,
        words=words,
        terms=frozenset(bare_of(word.norm) or word.norm for word in matter),
        paired=frozenset(bare_of(word.norm) or word.norm for word in matter if _is_in(word, pairs)),
        reaches=tuple(reach for cue in cues if (reach := reach_of(cue, plain, words))),
        opposites=tuple(
            Opposite(side, start, surroundings_of(plain, words, start, end))
            for side, start, end in opposites
        ),
        quantities=quantities,
        exceptions=len(_EXCEPTIONS.findall(plain)),
        has_only=bool(_ONLY.search(plain)),
    )


def _is_in(word: Token, places: Sequence[tuple[int, int]]) -> bool:
    return any(start <= word.start < end for start, end in places)
