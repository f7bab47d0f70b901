"""Cutting a text where spans begin and end, so that each span can be shown exactly."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise


@dataclass(frozen=True, slots=True)
class Span:
    """Characters start..end (exclusive) of a version's text; `key` names whose they are."""

    key: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text that lies in the same spans from its first to its last character."""

    text: str
    keys: tuple[int, ...]


def cut(text: str, *, start: int, spans: Sequence[Span]) -> list[Piece]:
    """The text, which begins at `start` of the version, in pieces; they join to the text again.

    Spans may overlap and may reach beyond the text.
    """
    end = start + len(text)
    inside = [span for span in spans if span.start < end and span.end > start]
    edges = {start, end}
    for span in inside:
        edges |= {max(span.start, start), min(span.end, end)}
    marks = sorted(edges)
    opening = sorted(inside, key=lambda span: span.start)
    pieces: list[Piece] = []
    open_spans: list[Span] = []
    position = 0
    for left, right in pairwise(marks):
        open_spans = [span for span in open_spans if span.end > left]
        while position < len(opening) and opening[position].start <= left:
            open_spans.append(opening[position])
            position += 1
        keys = tuple(span.key for span in open_spans if span.end > left)
        pieces.append(Piece(text[left - start : right - start], keys))
    return pieces
