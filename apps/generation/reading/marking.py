"""A question made ready for reading, and a sentence marked with its words."""

from collections.abc import Mapping
from dataclasses import dataclass

from apps.generation.reading.questions import Asked, Wanted
from apps.generation.reading.shapes import Region, Shape, regions
from apps.generation.reading.terms import Token, is_han, tokens

FITTING: Mapping[Wanted, frozenset[Shape]] = {
    Wanted.TIME: frozenset({Shape.DATE}),
    Wanted.COUNT: frozenset({Shape.NUMBER, Shape.PERCENT, Shape.MONEY}),
    Wanted.MONEY: frozenset({Shape.MONEY, Shape.NUMBER}),
    Wanted.PERCENT: frozenset({Shape.PERCENT, Shape.NUMBER}),
    Wanted.PERSON: frozenset({Shape.NAME}),
    Wanted.PLACE: frozenset({Shape.PLACE, Shape.NAME}),
    Wanted.REASON: frozenset({Shape.REASON}),
}


@dataclass(frozen=True, slots=True)
class Query:
    """A question made ready for reading."""

    text: str
    asked: Asked
    tokens: tuple[Token, ...]
    terms: frozenset[str]  # the content terms, question words left out
    is_chinese: bool


class Sentence:
    """A sentence cut into tokens, marked with the question's words and the regions in it."""

    def __init__(self, text: str, query: Query) -> None:
        self.text = text
        self.query = query
        self.tokens = tokens(text)
        self.regions = regions(text, is_chinese=query.is_chinese)
        self.matched = self._matched(query)
        self.opening = {region.start: region for region in self.regions}

    def region_of(self, start: int, end: int) -> Region | None:
        """The region with exactly these bounds."""
        return next((r for r in self.regions if (r.start, r.end) == (start, end)), None)

    def _matched(self, query: Query) -> list[bool]:
        """Which tokens also stand in the question; Chinese characters only as part of a pair."""
        matched = [token.norm in query.terms and not is_han(token.norm) for token in self.tokens]
        for index in range(1, len(self.tokens)):
            left, right = self.tokens[index - 1], self.tokens[index]
            if is_han(left.norm) and is_han(right.norm) and left.norm + right.norm in query.terms:
                matched[index - 1] = matched[index] = True
        return matched
