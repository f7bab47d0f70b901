"""Marking in a found text what the query asked for."""

from collections.abc import Iterable

from apps.retrieval.lexical import schema
from apps.retrieval.lexical.analysis import FUNCTION_WORDS, located_terms

Span = tuple[int, int]


def matches(query: str, texts: Iterable[str]) -> list[tuple[Span, ...]]:
    """For each text the characters that match a word of the query: in order, not overlapping."""
    terms = schema.analysed(query)
    wanted = {*terms.words, *terms.character_pairs, *terms.lone} - FUNCTION_WORDS
    return [_spans(wanted, text) for text in texts]


def _spans(wanted: set[str], text: str) -> tuple[Span, ...]:
    hits = sorted(
        (term.start, term.end) for term in located_terms(text, schema.stem) if term.text in wanted
    )
    merged: list[Span] = []
    for start, end in hits:
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return tuple(merged)
