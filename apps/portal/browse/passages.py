"""Searching the text of one collection: passages with what matched set apart."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from apps.generation.profiles import expansion_of
from apps.knowledge.access import Scope
from apps.knowledge.models import Collection
from apps.portal.browse.kinds import BY_NAME
from apps.portal.browse.listing import Asked
from apps.retrieval.protocols import Filters, Hit
from apps.retrieval.search import search

SHOWN = 10
BEFORE, LENGTH = 100, 420  # characters of a passage that are shown around its first match
_EDGE = " \t\n|"


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of a passage's text."""

    text: str
    is_match: bool


@dataclass(frozen=True, slots=True)
class Passage:
    """A found passage and the piece of its text that is shown."""

    hit: Hit
    pieces: tuple[Piece, ...]
    is_cut_before: bool
    is_cut_after: bool

    @property
    def place(self) -> str:
        """The headings above the passage, without the document's title."""
        headings = self.hit.heading.split(" > ")
        return " › ".join(headings[1:] if headings[0] == self.hit.title else headings)


def passages_found(asked: Asked, *, scope: Scope, collection: Collection) -> list[Passage]:
    """The passages of the collection that fit best, best first. Raises ClawdbotError."""
    filters = Filters(
        media_types=BY_NAME[asked.kind].media_types if asked.kind else (),
        languages=(asked.language,) if asked.language else (),
    )
    narrowed = scope.narrowed([collection.uuid])
    # Asked with every pause in typing, and mostly words: not worth reading passages for.
    found = search(
        asked.query,
        scope=narrowed,
        top_k=SHOWN,
        filters=filters,
        reading=False,
        expansion=expansion_of(asked.query, scope=narrowed),
    )
    return [shown(hit) for hit in found.hits]


def shown(hit: Hit) -> Passage:
    """The part of the passage around its first match."""
    first = hit.spans[0][0] if hit.spans else 0
    start = max(first - BEFORE, 0) if len(hit.text) > LENGTH else 0
    end = min(start + LENGTH, len(hit.text))
    part = hit.text[start:end]
    is_cut_before, is_cut_after = start > 0, end < len(hit.text)
    start += len(part) - len(part.lstrip(_EDGE))  # a dot between cells needs one on each side
    end -= len(part) - len(part.rstrip(_EDGE))
    return Passage(
        hit=hit,
        pieces=tuple(_pieces(hit.text, hit.spans, start, end)),
        is_cut_before=is_cut_before,
        is_cut_after=is_cut_after,
    )


def _pieces(text: str, spans: Sequence[tuple[int, int]], start: int, end: int) -> Iterator[Piece]:
    at = start
    for first, last in spans:
        if last <= at or first >= end:
            continue
        begins, ends = max(first, at), min(last, end)
        if begins > at:
            yield Piece(text[at:begins], is_match=False)
        yield Piece(text[begins:ends], is_match=True)
        at = ends
    if at < end:
        yield Piece(text[at:end], is_match=False)
