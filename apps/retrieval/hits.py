"""From chunk ids to hits: re-read through the scope, so nothing dead or forbidden is shown."""

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from apps.knowledge import access
from apps.knowledge.access import Scope
from apps.retrieval.protocols import Hit

_NOT_TEXT = re.compile(r"[\W_]+")
_FIELDS = {
    "chunk_id": "pk",
    "chunk": "uuid",
    "document": "version__document__uuid",
    "version": "version__uuid",
    "version_number": "version__number",
    "collection": "version__document__collection__uuid",
    "title": "version__document__title",
    "path": "version__document__path",
    "page": "page",
    "heading": "heading",
    "context": "context",
    "text": "text",
    "start": "start",
    "end": "end",
}


@dataclass(frozen=True, slots=True)
class Ranked:
    """A fused candidate with its rank and its score in each leg that found it."""

    chunk_id: int
    score: float
    legs: Mapping[str, int]
    leg_scores: Mapping[str, float] = field(default_factory=dict)


def readable_hits(ranked: Sequence[Ranked], *, scope: Scope, limit: int) -> list[Hit]:
    """The best `limit` candidates that may be read now, same texts once, in given order.

    One query, unless so many candidates have died that a second is needed to fill the page.
    """
    hits: list[Hit] = []
    seen: set[str] = set()
    step = 3 * limit
    for start in range(0, len(ranked), step):
        for hit in read_hits(ranked[start : start + step], scope=scope):
            if (fingerprint := text_fingerprint(hit.text)) not in seen:
                seen.add(fingerprint)
                hits.append(hit)
            if len(hits) == limit:
                return hits
    return hits


def readable_chunks(chunks: Collection[str], *, scope: Scope) -> dict[str, Hit]:
    """The chunks with these ids that may be answered from now, as hits without rank, by id.

    One query, none without ids.
    """
    if not chunks:
        return {}
    rows = access.chunks_of(scope).filter(uuid__in=chunks).values_list(*_FIELDS.values())
    hits = (Hit(**dict(zip(_FIELDS, row, strict=True)), score=0.0, legs={}) for row in rows)
    return {str(hit.chunk): hit for hit in hits}


def read_hits(ranked: Sequence[Ranked], *, scope: Scope) -> list[Hit]:
    """Those candidates that may be read now, copies of a text included, in given order."""
    ids = [candidate.chunk_id for candidate in ranked]
    rows = access.chunks_of(scope).filter(pk__in=ids).order_by().values_list(*_FIELDS.values())
    found: dict[int, dict[str, Any]] = {
        row[0]: dict(zip(_FIELDS, row, strict=True)) for row in rows
    }
    return [
        Hit(
            **found[candidate.chunk_id],
            score=candidate.score,
            legs=candidate.legs,
            leg_scores=candidate.leg_scores,
        )
        for candidate in ranked
        if candidate.chunk_id in found
    ]


def text_fingerprint(text: str) -> str:
    """Letters and digits only: copies that differ in layout or punctuation are the same text."""
    return _NOT_TEXT.sub("", unicodedata.normalize("NFKC", text)).casefold() or text
