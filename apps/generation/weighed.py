"""The passages that a trace weighed, as people can be told them."""

from typing import Any

from apps.generation.models import Trace
from apps.knowledge.access import Scope, quotable_versions
from apps.knowledge.models import Chunk

_PLACE = {
    "title": "version__document__title",
    "path": "version__document__path",
    "page": "page",
    "heading": "heading",
    "start": "start",
    "end": "end",
}


def candidates_named(trace: Trace, *, scope: Scope) -> list[dict[str, Any]]:
    """The trace's candidates in their order, each with `title`, `path`, `page`, `heading`,
    `start` and `end` of its place in the version, and `cited`: the number it is cited by, None
    where it is not.

    What the scope may not read is left out, and what has gone. One query, none without candidates.
    """
    if not trace.candidates:
        return []
    places = _places([one["chunk"] for one in trace.candidates], scope)
    cited = {one["chunk"]: one["n"] for one in reversed(trace.citations)}
    return [
        {"leg_scores": {}, "relevance": None}  # of traces from before these were kept
        | one
        | places[one["chunk"]]
        | {"cited": cited.get(one["chunk"])}
        for one in trace.candidates
        if one["chunk"] in places
    ]


def _places(chunks: list[str], scope: Scope) -> dict[str, dict[str, Any]]:
    found = Chunk.objects.filter(uuid__in=chunks, version__in=quotable_versions(scope))
    rows = found.values_list("uuid", *_PLACE.values())
    return {str(uuid): dict(zip(_PLACE, place, strict=True)) for uuid, *place in rows}
