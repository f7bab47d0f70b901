"""Asking a golden set where its collection is: question by question, in stints, once each."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from uuid import UUID

from django.db import transaction

from apps.accounts.models import User
from apps.core import config
from apps.core.errors import Conflict
from apps.evaluation import run_queue, scoring
from apps.evaluation.candidates import tried
from apps.evaluation.golden_sets import questions_asked
from apps.evaluation.in_place import ask, visitor
from apps.evaluation.models import EvaluationResult, EvaluationRun, GoldenQuestion, GoldenSet
from apps.evaluation.run_figures import figures_of, slices_of
from apps.evaluation.run_queue import Wanted
from apps.evaluation.scoring import Found
from apps.evaluation.setups import fingerprint, setup_of
from apps.evaluation.workspace import Progress
from apps.generation.answers import Answer
from apps.generation.models import Trace
from apps.generation.withholding import QUOTING, drawn_from
from apps.knowledge.models import Document
from apps.retrieval.generation_models import KEPT_S, release
from ingest import selectors

MOST_RANKED = 10
IsOver = Callable[[], bool]


def work(stint_s: float) -> bool:
    """Go on with the oldest run for about so many seconds; returns whether to go on at once.

    Not while documents are taken in: then the schedule's next bell is early enough. Safe to call
    from anywhere at any time: one process works at a time, the others do nothing.
    """
    run = run_queue.claim()
    if run is None:
        return False
    until = time.monotonic() + stint_s
    with run_queue.stint(run):
        _go_on(run, lambda: time.monotonic() > until, _silent)
    release(unused_s=KEPT_S)
    run.refresh_from_db()
    return not run.problem and run_queue.is_waiting() and not selectors.is_at_work()


def run_now(golden_set: GoldenSet, wanted: Wanted, *, progress: Progress) -> EvaluationRun:
    """Ask it here, from the first question to the figures; returns the finished run.

    Raises Invalid without questions, Conflict when a worker is at this or another run, and as
    failed runs say.
    """
    with transaction.atomic():  # else a worker may take it first
        asked = run_queue.run_ask(golden_set, wanted)
        run = run_queue.claim(asked.pk)
    if run is None:
        raise Conflict(
            "Another run is under way; this one waits for a worker. See: clawdbot eval report"
        )
    with run_queue.stint(run):
        _go_on(run, lambda: False, progress)
    run.refresh_from_db()
    if run.state != EvaluationRun.State.DONE:
        raise Conflict(run.problem or "The run was stopped.")
    return run


def _go_on(run: EvaluationRun, is_over: IsOver, progress: Progress) -> None:
    golden_set = run.golden_set
    if not run.setup:
        run_queue.keep(run, setup=setup_of(golden_set, run.candidate))
    waiting = questions_asked(golden_set).exclude(results__run=run).order_by("pk")
    questions = list(waiting.select_related("collection").prefetch_related("documents"))
    done = run.results.count()
    run_queue.keep(run, done=done, total=done + len(questions))
    with _asking(run, golden_set) as (user, profile):
        for question in questions:
            _store(run, question, ask(question, user, profile=profile))
            done += 1
            run_queue.keep(run, done=done)
            progress("ask", done, run.total)
            if is_over() and done < run.total:
                return
    _close(run, golden_set)


def _close(run: EvaluationRun, golden_set: GoldenSet) -> None:
    """A setup that changed meanwhile belongs to no fingerprint: nothing is judged by such a run."""
    results = list(run.results.all())
    now = setup_of(golden_set, run.candidate)
    run_queue.finish(
        run,
        figures=figures_of(results),
        slices=slices_of(results),
        fingerprint=fingerprint(now) if now == run.setup else "",
    )
    _forget_old_results(golden_set)


@contextmanager
def _asking(run: EvaluationRun, golden_set: GoldenSet) -> Iterator[tuple[User, str]]:
    """A user who may read the collection; what is tried is in force."""
    with visitor(golden_set.collection) as user, tried(run.candidate) as profile:
        yield user, profile


def _store(run: EvaluationRun, question: GoldenQuestion, found: Found) -> None:
    ranked = found.documents[:MOST_RANKED]
    given, documents = found.given, list(question.documents.all())
    drawn = _drawn_on(given)
    keys = dict(Document.objects.filter(uuid__in=[*ranked, *drawn]).values_list("uuid", "pk"))
    relevant = frozenset(document.path for document in documents)
    with transaction.atomic():
        result = EvaluationResult.objects.create(
            run=run,
            question=question,
            scores=scoring.scores_of(question, relevant, found),
            slices=scoring.slices_of(question, documents),
            ranked=[keys[one] for one in ranked if one in keys],
            is_answered=given.is_answered,
            answer=given.text if given.is_answered else "",
            confidence=given.confidence,
            ms=round(found.ms, 2),
            engine=given.engine[:100],
            degraded=list(given.degraded),
        )
        result.cited.set(keys[one] for one in drawn if one in keys)


def _drawn_on(given: Answer) -> set[UUID]:
    """Ids of documents whose words the answer may hold: a model may use all that it was given."""
    found = {citation.document for citation in given.citations}
    if given.engine in QUOTING:
        return found
    traces = Trace.objects.filter(uuid=given.trace)
    versions = {version for trace in traces for version in drawn_from(trace)}
    rows = Document.objects.filter(versions__uuid__in=versions)
    return found.union(rows.values_list("uuid", flat=True))


def _forget_old_results(golden_set: GoldenSet) -> None:
    """Figures stay."""
    runs = EvaluationRun.objects.filter(golden_set=golden_set).order_by("-pk")
    kept = list(runs.values_list("pk", flat=True)[: config.load().evaluation.keep_runs])
    EvaluationResult.objects.filter(run__golden_set=golden_set).exclude(run__in=kept).delete()


def _silent(stage: str, done: int, total: int) -> None:
    """Nobody looks."""
