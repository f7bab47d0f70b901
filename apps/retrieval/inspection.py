"""How a search comes about: each leg's ranking, theirs together, what reading made of it, and
what was left out, and why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from apps.core import config
from apps.knowledge.access import Scope, documents_of
from apps.knowledge.models import Chunk, VersionState
from apps.retrieval import language, searched
from apps.retrieval.filters import row_filter
from apps.retrieval.fusion import Weights
from apps.retrieval.hits import read_hits, text_fingerprint
from apps.retrieval.protocols import Filters, Hit, RowFilter
from apps.retrieval.search import Ranking, Run, degraded, marked, rank, read
from apps.retrieval.stopwatch import Stopwatch

LISTED = 20  # candidates of a leg that are shown; all of them are fused


class Reason(StrEnum):
    """Why a candidate is not among the hits."""

    ACCESS = "access"  # the asker may not read it
    COLLECTION = "collection"  # another collection than those that were chosen
    FILTER = "filter"  # of a document that the filters leave out
    EXCLUDED = "excluded"  # a curator keeps it out of search
    REPLACED = "replaced"  # of a version that is not the searched one any more
    COPY = "copy"  # the same text as a better hit


@dataclass(frozen=True, slots=True)
class Asked:
    """What is looked into: the query as the asker would search it.

    `scope` is where is searched, `readable` all that the asker may read, `viewer` all that who
    looks may read: nothing else is shown to them.
    """

    query: str
    scope: Scope
    readable: Scope
    viewer: Scope
    top_k: int = 10
    filters: Filters = field(default_factory=Filters)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A candidate that is not among the hits. `rank`: where it would have stood without that."""

    rank: int
    reason: Reason
    document_id: int
    title: str
    collection: str
    ordinal: int
    version_number: int
    page: int


@dataclass(frozen=True, slots=True)
class Inspection:
    """Everything about one search. `legs` and `hits` are in rank order, matches marked.

    `ranks_before`: chunk id -> rank of a hit (1 = best) before it was read.
    """

    language: str
    weights: Weights
    legs: Mapping[str, Sequence[Hit]]
    leg_sizes: Mapping[str, int]
    hits: Sequence[Hit]
    ranks_before: Mapping[int, int]
    lower_count: int  # readable candidates below the hits
    left_out: Sequence[LeftOut]
    left_out_counts: Mapping[Reason, int]
    timings_ms: Mapping[str, float]
    index_generation: int
    degraded: Sequence[str]


def inspect(asked: Asked) -> Inspection:
    """Search as the asker would and tell how it came about. Only what the viewer may read is told.

    Searches twice: once as asked, once in all that the viewer may read, for what was left out.
    """
    watch, spoken = Stopwatch(), language.detect(asked.query)
    where = searched.current()
    snapshot = where.snapshot
    if snapshot is None:
        return _nothing_yet(spoken, watch)
    rows = row_filter(asked.scope, asked.filters)
    limit = config.load().retrieval.candidates
    run = Run(asked.query, rows, limit, where, snapshot, watch)
    ranking = rank(run, spoken)
    with watch.stage("hydrate"):
        found = marked(asked.query, read_hits(ranking.fused, scope=_shown(asked)))
    fused, copies = _distinct(found)
    hits = read(run, fused, spoken)
    timings = watch.timings_ms()
    left_out = _left_out(asked, ranking, _everything(asked, run, spoken), found, copies)
    return Inspection(
        language=spoken.value,
        weights=ranking.weights,
        legs={name: _of_leg(name, found) for name in ranking.legs},
        leg_sizes={name: len(candidates) for name, candidates in ranking.legs.items()},
        hits=hits[: asked.top_k],
        ranks_before={hit.chunk_id: n for n, hit in enumerate(fused, start=1)},
        lower_count=max(0, len(hits) - asked.top_k),
        left_out=left_out,
        left_out_counts=_counted(left_out),
        timings_ms=timings,
        index_generation=snapshot.manifest.generation,
        degraded=degraded(run),
    )


def _shown(asked: Asked) -> Scope:
    """What the viewer may read, too; the legs were asked for what the asker may read."""
    return asked.viewer.within(asked.scope.visible_ids)


def _everything(asked: Asked, run: Run, spoken: language.Language) -> Ranking:
    """The same query, narrowed by nothing but what the viewer may read."""
    everything = row_filter(asked.viewer, Filters())
    return rank(replace(run, rows=everything, watch=Stopwatch(), degraded=[]), spoken)


def _of_leg(name: str, found: Sequence[Hit]) -> list[Hit]:
    return sorted((hit for hit in found if name in hit.legs), key=lambda h: h.legs[name])[:LISTED]


def _distinct(found: Sequence[Hit]) -> tuple[list[Hit], set[int]]:
    """The hits, each text once, and the chunk ids of the copies."""
    seen: set[str] = set()
    hits: list[Hit] = []
    copies: set[int] = set()
    for hit in found:
        fingerprint = text_fingerprint(hit.text)
        if fingerprint in seen:
            copies.add(hit.chunk_id)
        else:
            seen.add(fingerprint)
            hits.append(hit)
    return hits, copies


def _left_out(
    asked: Asked, narrow: Ranking, wide: Ranking, found: Sequence[Hit], copies: set[int]
) -> list[LeftOut]:
    """What the wider search ranks among its best but the asker does not get."""
    shown = {hit.chunk_id for hit in found} - copies
    best = {one.chunk_id: n for n, one in enumerate(wide.fused[:LISTED], start=1)}
    best |= {one.chunk_id: n for n, one in enumerate(narrow.fused, 1) if one.chunk_id not in best}
    facts = _facts(asked.viewer, set(best) - shown)
    filtered = row_filter(asked.scope, asked.filters)
    left_out = []
    for chunk_id, place in best.items():
        if chunk_id in shown or chunk_id not in facts:
            continue
        chunk = facts[chunk_id]
        reason = Reason.COPY if chunk_id in copies else _reason(asked, filtered, chunk)
        if reason is not None:
            left_out.append(_described(place, reason, chunk))
    return sorted(left_out, key=lambda one: one.rank)


def _facts(viewer: Scope, chunk_ids: set[int]) -> dict[int, Chunk]:
    """Candidates in documents that the viewer may read, without their text."""
    chunks = Chunk.objects.filter(pk__in=chunk_ids, version__document__in=documents_of(viewer))
    rows = chunks.defer("text", "context").select_related("version__document__collection")
    return {chunk.pk: chunk for chunk in rows}


def _reason(asked: Asked, rows: RowFilter, chunk: Chunk) -> Reason | None:
    document = chunk.version.document
    if chunk.version.state != VersionState.LIVE:
        return Reason.REPLACED
    if chunk.is_excluded:
        return Reason.EXCLUDED
    if not asked.readable.covers(document):
        return Reason.ACCESS
    if not asked.scope.covers(document):
        return Reason.COLLECTION
    if rows.document_ids is not None and document.pk not in rows.document_ids:
        return Reason.FILTER
    return None


def _described(place: int, reason: Reason, chunk: Chunk) -> LeftOut:
    document = chunk.version.document
    return LeftOut(
        rank=place,
        reason=reason,
        document_id=document.pk,
        title=document.title,
        collection=document.collection.name,
        ordinal=chunk.ordinal,
        version_number=chunk.version.number,
        page=chunk.page,
    )


def _counted(left_out: Sequence[LeftOut]) -> dict[Reason, int]:
    counts = {reason: sum(one.reason is reason for one in left_out) for reason in Reason}
    return {reason: count for reason, count in counts.items() if count}


def _nothing_yet(spoken: language.Language, watch: Stopwatch) -> Inspection:
    return Inspection(
        language=spoken.value,
        weights=Weights(lexical=0.0, dense=0.0),
        legs={},
        leg_sizes={},
        hits=(),
        ranks_before={},
        lower_count=0,
        left_out=(),
        left_out_counts={},
        timings_ms=watch.timings_ms(),
        index_generation=0,
        degraded=("index: there is none on this node yet; the indexer makes it",),
    )
