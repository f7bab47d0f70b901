"""The evaluation use-case: load a golden set, ask it, report."""

import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from apps.core.errors import Invalid
from apps.evaluation import golden_set
from apps.evaluation.figures import (
    Asked,
    Found,
    answer_figures,
    as_report,
    confidence_auc,
    leg_figures,
    refusal_rate,
    retrieval_figures,
    unread_figures,
)
from apps.evaluation.golden_set import GoldQuestion
from apps.evaluation.metrics import distinct
from apps.evaluation.workspace import Loaded, Progress, Purge, Workspace, opened
from apps.generation.answer import answer
from apps.generation.answers import Question
from apps.generation.profiles import expansion_of
from apps.retrieval.embedding import forget_queries
from apps.retrieval.protocols import Hit
from apps.retrieval.search import search

DEPTH = 50  # chunks searched, so that ten different passages are among them
MOST_HELD_OUT = 200
WARM_UP = "What is this about?"


@dataclass(frozen=True, slots=True)
class EvalRequest:
    """What to evaluate on. `limit` bounds questions, `corpus_limit` passages; None takes all."""

    corpus: Path
    queries: Path
    unanswerable: Path | None = None
    limit: int | None = None
    corpus_limit: int | None = None


def run(request: EvalRequest, *, purge: Purge, progress: Progress) -> dict[str, float]:
    """Evaluate search and answers on a golden set in a collection of its own, then remove it.

    Recall counts a passage once however many of its chunks were found, in the order after reading
    (`before_reading_`: before it, `dense_`, `lexical_`: by one leg alone). not_found_rate: share of
    refusals among held-out questions, asked last, their passages deleted (`golden_set.hold_out`);
    held_out_auc, unanswerable_auc: how well confidence tells these from the other questions.
    Times are of the use-cases with their defaults in this process, in milliseconds, warmed up, no
    query embedding cached. Raises Invalid for unreadable files and when there is nothing to ask.
    """
    with opened(purge) as space:
        passages = golden_set.read_passages(request.corpus, limit=request.corpus_limit)
        loaded = space.load(passages, progress)
        everything = golden_set.read_questions(request.queries, passages=loaded.paths)
        questions = golden_set.sample(everything, request.limit)
        if not questions:
            raise Invalid(f"No question of {request.queries} has its passage in the corpus.")
        _warm_up(space)
        found = _search_all(space, questions, progress)
        figures = retrieval_figures(questions, found) | leg_figures(questions, found)
        figures |= unread_figures(questions, found)
        asked = _ask_all(space, questions, "ask", progress)
        figures |= answer_figures(questions, asked)
        figures |= _unanswerable_figures(space, request, asked, progress)
        held = golden_set.hold_out(
            everything,
            passage_count=len(loaded.paths),
            limit=min(MOST_HELD_OUT, request.limit or MOST_HELD_OUT),
        )
        space.take_out(held.paths)
        absent = _ask_all(space, held.questions, "ask held-out", progress)
    figures |= {"queries": len(questions), "not_found_rate": refusal_rate(absent)}
    figures |= {"held_out_auc": confidence_auc(asked, absent)}
    return as_report(figures | {"held_out": len(held.questions)} | _load_figures(loaded))


def _search_all(
    space: Workspace, questions: Sequence[GoldQuestion], progress: Progress
) -> list[Found]:
    forget_queries()
    found = []
    for done, question in enumerate(questions, start=1):
        started = time.perf_counter()
        expansion = expansion_of(question.text, scope=space.scope)
        served = search(question.text, scope=space.scope, expansion=expansion)
        ms = (time.perf_counter() - started) * 1000
        deeper = search(
            question.text, scope=space.scope, top_k=DEPTH, reading=False, expansion=expansion
        )
        found.append(_found(served.hits, deeper.hits, ms))
        progress("search", done, len(questions))
    return found


def _ask_all(
    space: Workspace, questions: Sequence[GoldQuestion], stage: str, progress: Progress
) -> list[Asked]:
    forget_queries()
    asked = []
    for done, question in enumerate(questions, start=1):
        asking = _asking(space, question.text)
        started = time.perf_counter()
        given = answer(asking)
        asked.append(Asked(answer=given, ms=(time.perf_counter() - started) * 1000))
        progress(stage, done, len(questions))
    return asked


def _found(served: Sequence[Hit], deeper: Sequence[Hit], ms: float) -> Found:
    """`served`: as users get them, read; `deeper`: more of them, not read again."""
    by_leg: defaultdict[str, list[tuple[int, str]]] = defaultdict(list)
    for hit in deeper:
        for leg, rank in hit.legs.items():
            by_leg[leg].append((rank, hit.path))
    legs = {leg: distinct(path for _, path in sorted(ranks)) for leg, ranks in by_leg.items()}
    before = distinct(hit.path for hit in deeper)
    return Found(distinct([*(hit.path for hit in served), *before]), ms, before, legs)


def _unanswerable_figures(
    space: Workspace, request: EvalRequest, answerable: Sequence[Asked], progress: Progress
) -> dict[str, float]:
    if request.unanswerable is None:
        return {}
    questions = golden_set.sample(golden_set.read_unanswerable(request.unanswerable), request.limit)
    asked = _ask_all(space, questions, "ask unanswerable", progress)
    return {
        "unanswerable_refused": refusal_rate(asked),
        "unanswerable_auc": confidence_auc(answerable, asked),
        "unanswerable": len(asked),
    }


def _load_figures(loaded: Loaded) -> dict[str, float]:
    return {
        "passages": len(loaded.paths),
        "chunks": loaded.chunks,
        "failed": loaded.failed,
        "load_s": loaded.seconds,
    }


def _warm_up(space: Workspace) -> None:
    search(WARM_UP, scope=space.scope)
    answer(_asking(space, WARM_UP))


def _asking(space: Workspace, text: str) -> Question:
    return Question(text=text, scope=space.scope, user=space.user, is_trial=True)
