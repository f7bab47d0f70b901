"""Measuring a generation against the one that is searched: found, how fast, how large."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from django.db.models import Count

from apps.core import clock
from apps.evaluation import metrics
from apps.evaluation.golden_questions import golden_questions_kept
from apps.evaluation.in_place import visitor
from apps.evaluation.metrics import distinct
from apps.evaluation.workspace import Progress
from apps.knowledge.access import Scope
from apps.knowledge.models import Collection
from apps.retrieval import embedding, generation_building, generation_indexes, searched
from apps.retrieval.index_rows import live_chunks
from apps.retrieval.models import EmbeddingGeneration
from apps.retrieval.protocols import Hit
from apps.retrieval.search import DENSE, Wanted, search_in
from apps.retrieval.searched import Searched

DEPTH = 50  # passages searched, so that ten different documents are among them
MOST_QUESTIONS = 200
HEADINGS = 40  # asked for their times where there are no golden questions
SERVED = Wanted(top_k=DEPTH)
TIMED = Wanted(reading=False)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question and the paths of the documents where its answer stands; none: it is only timed."""

    text: str
    relevant: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one generation made of one question: paths of documents, each once, best first."""

    served: Sequence[str]
    by_meaning: Sequence[str]
    ms: float


def measure(
    generation: EmbeddingGeneration, golden: Collection | None, *, progress: Progress
) -> dict[str, object]:
    """Ask the golden questions of a collection in this generation and in the current one.

    recall_at_k, mrr: as users get it, read; dense_recall_at_5: by meaning alone; times: of a search
    without reading, its question embedded, first one generation, then the other at each question.
    Without golden questions headings are asked, for their times. Stored in the generation's report.
    """
    current = embedding.current_generation()
    pair = list({one.pk: one for one in (generation, current)}.values())
    place = golden or _largest_collection()
    asked = _asked(golden, place)
    outcomes: dict[int, list[Outcome]] = {one.pk: [] for one in pair}
    with _scope_of(place) as scope:
        for one in pair if asked else ():  # models and files are loaded before the clock runs
            _outcome(searched.searched_in(one), asked[0], scope)
        for done, question in enumerate(asked, start=1):
            for one in pair:
                where = searched.searched_in(one)
                outcomes[one.pk].append(_outcome(where, question, scope))
            progress("measure", done, len(asked))
    figures = {one.pk: _figures(one, asked, outcomes[one.pk]) for one in pair}
    report: dict[str, object] = {
        "at": clock.now().isoformat(),
        "golden": golden.name if golden else "",
        "queries": len(asked),
        "figures": figures[generation.pk],
        "against": {"id": current.pk, "name": str(current), "figures": figures[current.pk]},
    }
    generation_building.note(generation, measured=report)
    return report


def _asked(golden: Collection | None, place: Collection | None) -> list[Asked]:
    if golden is not None:
        kept = golden_questions_kept().filter(collection=golden)
        rows = kept.prefetch_related("documents").order_by("pk")
        asked = [
            Asked(row.text, frozenset(document.path for document in row.documents.all()))
            for row in rows[:MOST_QUESTIONS]
        ]
        if asked:
            return asked
    if place is None:
        return []
    chunks = live_chunks().filter(version__document__collection=place).order_by("pk")
    step = max(1, chunks.count() // HEADINGS)
    passages = chunks.values_list("heading", "text")[: step * HEADINGS : step]
    return [Asked(heading or text[:80]) for heading, text in passages]


def _largest_collection() -> Collection | None:
    open_ones = Collection.objects.filter(deleted_at=None)
    return open_ones.annotate(size=Count("documents")).order_by("-size", "pk").first()


@contextmanager
def _scope_of(place: Collection | None) -> Iterator[Scope | None]:
    """What somebody sees who may read this collection and nothing else."""
    if place is None:
        yield None
        return
    with visitor(place) as user:
        yield Scope.of(user).narrowed([place.uuid])


def _outcome(where: Searched, asked: Asked, scope: Scope | None) -> Outcome:
    if scope is None:
        return Outcome((), (), 0.0)
    embedding.forget_queries()
    started = time.perf_counter()
    search_in(where, asked.text, scope=scope, wanted=TIMED)
    ms = (time.perf_counter() - started) * 1000
    if not asked.relevant:
        return Outcome((), (), ms)
    hits = search_in(where, asked.text, scope=scope, wanted=SERVED).hits
    return Outcome(distinct(hit.path for hit in hits), _by_meaning(hits), ms)


def _by_meaning(hits: Sequence[Hit]) -> list[str]:
    ranked = sorted((hit.legs[DENSE], hit.path) for hit in hits if DENSE in hit.legs)
    return distinct(path for _, path in ranked)


def _figures(
    generation: EmbeddingGeneration, asked: Sequence[Asked], outcomes: Sequence[Outcome]
) -> dict[str, float]:
    times = [one.ms for one in outcomes]
    placed = [(one, gold.relevant) for gold, one in zip(asked, outcomes, strict=True)]
    placed = [(one, relevant) for one, relevant in placed if relevant]
    figures: dict[str, float] = {
        "search_p50_ms": round(metrics.percentile(times, 0.5), 2),
        "search_p95_ms": round(metrics.percentile(times, 0.95), 2),
        "texts": generation.vectors.count(),
        "vector_bytes": 2 * generation.dimension,
        "index_bytes": generation_indexes.size_bytes(generation),
    }
    if not placed:
        return figures
    return figures | {
        "recall_at_1": _recall(placed, k=1),
        "recall_at_5": _recall(placed, k=5),
        "recall_at_10": _recall(placed, k=10),
        "mrr": _mean(metrics.reciprocal_rank(one.served, right) for one, right in placed),
        "dense_recall_at_5": _mean(
            metrics.is_recalled(one.by_meaning, right, k=5) for one, right in placed
        ),
    }


def _recall(placed: Sequence[tuple[Outcome, frozenset[str]]], *, k: int) -> float:
    return _mean(metrics.is_recalled(one.served, right, k=k) for one, right in placed)


def _mean(values: Iterator[float] | Iterator[bool]) -> float:
    return round(metrics.mean([float(value) for value in values]), 4)
