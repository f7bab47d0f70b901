"""The use-case: find the passages that answer a query, among those the asker may read."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeVar

from apps.core import config
from apps.core.errors import ClawdbotError, Retryable
from apps.knowledge.access import Scope
from apps.modelhub.glossaries import Expansion
from apps.retrieval import index_damage, language, searched
from apps.retrieval.filters import row_filter
from apps.retrieval.fusion import RankedLeg, Weights, weighted_rank_fusion, weights_for
from apps.retrieval.hits import Ranked, readable_hits
from apps.retrieval.index_files import Damaged
from apps.retrieval.protocols import (
    Candidate,
    Filters,
    Hit,
    RowFilter,
    SearchedWith,
    SearchResult,
)
from apps.retrieval.reader.reading import read_hits
from apps.retrieval.searched import Searched
from apps.retrieval.stopwatch import Stopwatch

if TYPE_CHECKING:
    from apps.retrieval.index_snapshot import Snapshot

logger = logging.getLogger(__name__)

LEXICAL, DENSE = "lexical", "dense"
Figure = TypeVar("Figure", int, float)


@dataclass(slots=True)
class Run:
    """One search under way."""

    query: str
    rows: RowFilter
    limit: int
    searched: Searched
    snapshot: "Snapshot"  # of what is searched
    watch: Stopwatch
    degraded: list[str] = field(default_factory=list)
    reader_sha256: str = ""  # of who read; empty: nobody did
    read_count: int = 0
    expansion: Expansion = Expansion()  # noqa: RUF009  # it is frozen


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is wanted of a search beyond its query, as `search` explains it."""

    top_k: int = 10
    filters: Filters = field(default_factory=Filters)
    reading: bool = True
    expansion: Expansion = Expansion()  # noqa: RUF009  # it is frozen


@dataclass(frozen=True, slots=True)
class Ranking:
    """What each leg found, best first, how much it counts, and the order they make together."""

    legs: Mapping[str, Sequence[Candidate]]
    weights: Weights
    fused: Sequence[Ranked]


def search(
    query: str,
    *,
    scope: Scope,
    top_k: int = 10,
    filters: Filters = Filters(),  # noqa: B008
    reading: bool = True,
    expansion: Expansion = Expansion(),  # noqa: B008
) -> SearchResult:
    """The `top_k` best readable passages, best first; fewer when fewer match.

    With `reading` the best `retrieval.read` of them are read and ordered by how well they answer;
    `reading=False` keeps the order of the search, which costs a tenth of the time. A leg that
    fails, vectors whose model is not on this node, an index that is not there yet, a
    reader that is damaged or was cut short is named in `degraded`; what is left answers. Any text
    is a legal query. `expansion`: what its terms are called otherwise (a glossary tells), looked
    for among the words too, with less weight. Takes one database query for the hits, one for the
    generation, and one more with filters.
    """
    wanted = Wanted(top_k, filters, reading, expansion)
    return search_in(searched.current(), query, scope=scope, wanted=wanted)


def search_in(where: Searched, query: str, *, scope: Scope, wanted: Wanted) -> SearchResult:
    """`search` in a chosen generation: to compare one that waits with the current one."""
    watch, spoken = Stopwatch(), language.detect(query)
    snapshot, settings = where.snapshot, config.load().retrieval
    if snapshot is None:
        return _nothing_yet(spoken, watch)
    rows = row_filter(scope, wanted.filters)
    run = Run(query, rows, settings.candidates, where, snapshot, watch, expansion=wanted.expansion)
    ranking = rank(run, spoken)
    limit = max(wanted.top_k, settings.read) if wanted.reading else wanted.top_k
    with watch.stage("hydrate"):
        found = readable_hits(ranking.fused, scope=scope, limit=limit)
    best = (read(run, found, spoken) if wanted.reading else found)[: wanted.top_k]
    with watch.stage("hydrate"):
        hits = marked(query, best)
    return SearchResult(
        hits=tuple(hits),
        timings_ms=watch.timings_ms(),
        index_generation=snapshot.manifest.generation,
        change_seq=snapshot.manifest.change_seq,
        language=spoken.value,
        degraded=degraded(run),
        expansion=wanted.expansion.added,
        searched_with=_searched_with(run, ranking, found),
    )


def _searched_with(run: Run, ranking: Ranking, found: Sequence[Hit]) -> SearchedWith:
    generation, has_meaning = run.searched.generation, bool(ranking.legs[DENSE])
    considered = {name: len(candidates) for name, candidates in ranking.legs.items()}
    considered |= {"fused": len(ranking.fused), "readable": len(found), "read": run.read_count}
    return SearchedWith(
        embedder=generation.model_name if has_meaning else "",
        embedder_sha256=generation.model_sha256 if has_meaning else "",
        reader_sha256=run.reader_sha256,
        considered=considered,
    )


def degraded(run: Run) -> tuple[str, ...]:
    """What could not be asked, opened or read in this search."""
    damaged = (f"index: {path} is damaged" for path in run.snapshot.missing)
    note = [run.searched.note] if run.searched.note else []
    return (*run.degraded, *note, *damaged)


def rank(run: Run, spoken: language.Language) -> Ranking:
    """Ask both legs and fuse what they found; notes in `run.degraded` what could not be asked."""
    weights = weights_for(spoken, run.searched.languages)
    legs = {LEXICAL: _lexical_leg(run), DENSE: _dense_leg(run, weights)}
    with run.watch.stage("fuse"):
        return Ranking(legs, weights, _fuse(legs, weights, k=config.load().retrieval.rrf_k))


def read(run: Run, hits: Sequence[Hit], spoken: language.Language) -> Sequence[Hit]:
    """The hits in the order that reading gives; notes in `run.degraded` what could not be read."""
    if not (hits and run.query.strip() and config.load().retrieval.read):
        return hits
    with run.watch.stage("read"):
        done = read_hits(run.query, hits, spoken=spoken)
    run.reader_sha256 = done.reader_sha256
    run.read_count = sum(hit.reading is not None for hit in done.hits)
    if done.problem:
        run.degraded.append(f"reader: {done.problem}")
    return done.hits


def _lexical_leg(run: Run) -> list[Candidate]:
    if run.snapshot.lexical is None:
        run.degraded.append("lexical: the index cannot be read and is being rebuilt")
        return []
    try:
        with run.watch.stage("lexical"):
            return run.snapshot.lexical.search(
                run.query, rows=run.rows, limit=run.limit, others=run.expansion.synonyms
            )
    except Damaged:
        index_damage.suspect(run.searched.generation.pk)
        run.degraded.append("lexical: the index is damaged and is being repaired")
        return []


def _dense_leg(run: Run, weights: Weights) -> list[Candidate]:
    if not weights.dense or not run.query.strip():
        return []
    if run.searched.words_only:
        run.degraded.append(f"dense: {run.searched.words_only}")
        return []
    if waiting := run.snapshot.without_vector:
        run.degraded.append(f"dense: {waiting} passages have no vector yet")
    try:
        with run.watch.stage("embed"):
            vector = run.searched.vector_of(run.query)
    except ClawdbotError as error:
        logger.exception("Searching by words only")
        run.degraded.append(f"dense: {error.message}")
        return []
    try:
        with run.watch.stage("dense"):
            return run.snapshot.dense.search(vector, rows=run.rows, limit=run.limit)
    except Damaged:
        index_damage.suspect(run.searched.generation.pk)
        run.degraded.append("dense: the index is damaged and is being repaired")
        return []
    except Retryable as error:  # vectors are in a Milvus that is away
        run.degraded.append(f"dense: {error.message}; words alone are searched")
        return []


def _fuse(legs: dict[str, list[Candidate]], weights: Weights, *, k: int) -> list[Ranked]:
    fused = weighted_rank_fusion(
        [RankedLeg(legs[LEXICAL], weights.lexical), RankedLeg(legs[DENSE], weights.dense)], k=k
    )
    ranks = {
        name: {candidate.chunk_id: rank for rank, candidate in enumerate(found, start=1)}
        for name, found in legs.items()
    }
    scores = {
        name: {candidate.chunk_id: candidate.score for candidate in found}
        for name, found in legs.items()
    }
    return [Ranked(id_, score, _of(id_, ranks), _of(id_, scores)) for id_, score in fused]


def _of(chunk_id: int, by_leg: dict[str, dict[int, Figure]]) -> dict[str, Figure]:
    return {name: figures[chunk_id] for name, figures in by_leg.items() if chunk_id in figures}


def marked(query: str, hits: Sequence[Hit]) -> list[Hit]:
    """The hits with the characters of their texts that match the query."""
    from apps.retrieval.lexical.highlights import matches  # heavy

    spans = matches(query, [hit.text for hit in hits])
    return [replace(hit, spans=found) for hit, found in zip(hits, spans, strict=True)]


def _nothing_yet(spoken: language.Language, watch: Stopwatch) -> SearchResult:
    return SearchResult(
        hits=(),
        timings_ms=watch.timings_ms(),
        index_generation=0,
        change_seq=0,
        language=spoken.value,
        degraded=("index: there is none on this node yet; the indexer makes it",),
    )
