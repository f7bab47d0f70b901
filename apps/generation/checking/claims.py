"""An answer's sentences, and the sources that each of them names."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from apps.generation.reading.sentences import split_sentences

MARK = re.compile(r"\s?\[(\d{1,3})\]")
_ANNOUNCES = re.compile(r"[:：]\**$|^#{1,6}\s|^\|?\s*:?-{2,}|^\*\*[^*]+\*\*$")
_BULLET = re.compile(r"^\s*(?:[-*+•]|\d{1,3}[.)、])\s+")


@dataclass(frozen=True, slots=True)
class Claim:
    """A sentence: `text[start:end]` of the answer with its marks, `said` without them.

    `numbers`: what it cites; when it has no mark of its own, what the next sentence of its
    paragraph cites that has (`is_own` is False then).
    """

    start: int
    end: int
    said: str
    numbers: tuple[int, ...]
    is_own: bool


@dataclass(frozen=True, slots=True)
class _Plain:
    """A text without its marks; `places[i]`: where its character i stands in the text, and of each
    mark its number and where it stood in `text`."""

    text: str
    places: Sequence[int]
    marks: Sequence[tuple[int, int]]


def claims_of(text: str) -> list[Claim]:
    """What `text` says, in order; headings and lines that announce what follows say nothing."""
    plain = _without_marks(text)
    spans = split_sentences(plain.text)
    own = _numbers_by_sentence(plain, spans)
    claims: list[Claim] = []
    later: tuple[int, ...] = ()
    for index in reversed(range(len(spans))):
        start, end = spans[index]
        said = plain.text[start:end]
        if index + 1 < len(spans) and "\n" in plain.text[end : spans[index + 1][0]]:
            later = ()
        numbers = own[index]
        later = numbers or later
        if not _ANNOUNCES.search(said) or numbers:
            first, last = plain.places[start], _behind_marks(text, plain.places[end - 1] + 1)
            said = _BULLET.sub("", said)
            claims.append(Claim(first, last, said, numbers or later, bool(numbers)))
    return claims[::-1]


def _without_marks(text: str) -> _Plain:
    pieces: list[str] = []
    places: list[int] = []
    marks: list[tuple[int, int]] = []
    position = 0
    for mark in [*MARK.finditer(text), None]:
        end = mark.start() if mark else len(text)
        pieces.append(text[position:end])
        places.extend(range(position, end))
        if mark:
            marks.append((int(mark[1]), len(places)))
            position = mark.end()
    return _Plain("".join(pieces), places, marks)


def _numbers_by_sentence(plain: _Plain, spans: Sequence[tuple[int, int]]) -> list[tuple[int, ...]]:
    """A mark belongs to the last sentence that began before it."""
    found: list[list[int]] = [[] for _ in spans]
    for number, place in plain.marks:
        before = [index for index, (start, _end) in enumerate(spans) if start < place]
        if before and number not in found[before[-1]]:
            found[before[-1]].append(number)
    return [tuple(numbers) for numbers in found]


def _behind_marks(text: str, end: int) -> int:
    """Where the marks end that follow `text[:end]` at once."""
    while mark := MARK.match(text, end):
        end = mark.end()
    return end
