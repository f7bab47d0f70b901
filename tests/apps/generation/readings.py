"""Hits as if a reader had read them."""

from dataclasses import replace

from apps.retrieval.protocols import Hit, Read, Span
from tests.apps.generation.conftest import make_hit


def read_hit(text: str, *marked: str, relevance=6.0, margin=8.0, rank=1, **changes) -> Hit:
    """Each of `marked` is a span where it first stands, less likely than the one before it."""
    spans = tuple(
        Span(text.index(one), text.index(one) + len(one), margin - n)
        for n, one in enumerate(marked)
    )
    hit = make_hit(text, rank=rank, **changes)
    return replace(hit, reading=Read(relevance, spans), score=relevance + 1 / rank)
