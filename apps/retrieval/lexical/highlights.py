"""Marking in a found text what the query asked for."""

from collections.abc import Iterable

from apps.retrieval.lexical import schema
from apps.retrieval.lexical.analysis import located_terms, query_terms

Span = tuple[int, int]


def matches(query: str, texts: Iterable[str]) -> list[tuple[Span, ...]]:
    """For each text the characters that match a term of the query: in order, not overlapping."""
    wanted = set(schema.stemmed([*query_terms(query)]))
    return [_spans(wanted, text) for text in texts]


def _spans(wanted: set[str], text: str) -> tuple[Span, ...]:
    located = list(located_terms(text))
    stems = schema.stemmed([term.text for term in located])
    hits = sorted(
        (term.start, term.end) for term, stem in zip(located, stems, strict=True) if stem in wanted
    )
    merged: list[Span] = []
    for start, end in hits:
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return tuple(merged)
