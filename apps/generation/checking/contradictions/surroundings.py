"""What stands around a word or a number in its clause."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from apps.generation.checking.contradictions.reaches import BORDER
from apps.generation.reading.terms import Token, is_stop

# What stands in brackets belongs to the clause.
_CLAUSE_BORDER = re.compile(BORDER.pattern.replace("[;()。", "[;。"))

_BEHIND = 2


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What stands around a place: the words of matter of its clause, the word before, the two
    words behind (none at the ends of the clause)."""

    words: frozenset[str]
    before: str
    behind: tuple[str, ...]

    def likeness(self, other: "Surroundings") -> float:
        """The share of the words that stand around the other place, too; 1 more when both stand
        between the same words."""
        shared = len(self.words & other.words) / (len(self.words) or 1)
        return shared + (self.before == other.before and self.behind == other.behind)


def surroundings_of(plain: str, words: Sequence[Token], start: int, end: int) -> Surroundings:
    """Of `plain[start:end]`."""
    after = _CLAUSE_BORDER.search(plain, end)
    last = after.start() if after else len(plain)
    first = max((one.end() for one in _CLAUSE_BORDER.finditer(plain, 0, start)), default=0)
    before = [word.norm for word in words if first <= word.start < start]
    behind = [word.norm for word in words if end <= word.start < last]
    return Surroundings(
        words=frozenset(norm for norm in (*before, *behind) if not is_stop(norm)),
        before=before[-1] if before else "",
        behind=tuple(behind[:_BEHIND]),
    )
