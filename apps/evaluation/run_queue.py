"""Runs of golden sets: asked for, with what, and by whom. Worked off as in work_queue."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.core import clock
from apps.core.errors import Invalid
from apps.core.work_queue import WorkQueue
from apps.evaluation.golden_sets import questions_asked
from apps.evaluation.models import EvaluationRun, GoldenSet

WORK_ON_RUNS = "evaluation.work_on_runs"
_queue = WorkQueue(
    EvaluationRun, WORK_ON_RUNS, timedelta(seconds=120), related=("golden_set__collection",)
)
open_runs = _queue.open_rows
is_waiting = _queue.is_waiting
keep = _queue.keep
stint = _queue.stint
finish = _queue.finish
ring = _queue.ring


@dataclass(frozen=True, slots=True)
class Wanted:
    """Why a set is asked, for whom, and with what instead of what is in force."""

    cause: EvaluationRun.Cause
    by: User | None = None
    candidate: dict[str, Any] = field(default_factory=dict)
    changes: Sequence[str] = ()


def run_ask(golden_set: GoldenSet, wanted: Wanted) -> EvaluationRun:
    """Queue a run and ring; one that waits or runs for the same is returned instead.

    Raises Invalid when the set has no question in use.
    """
    total = questions_asked(golden_set).count()
    if not total:
        raise Invalid(_("The golden set has no question in use yet. Add some, or import them."))
    for run in open_runs().filter(golden_set=golden_set):
        if run.candidate == wanted.candidate:
            return run
    run = EvaluationRun.objects.create(
        golden_set=golden_set,
        cause=wanted.cause,
        candidate=wanted.candidate,
        changes=list(wanted.changes),
        requested_by=wanted.by,
        total=total,
    )
    ring()
    return run


def claim(run_id: int | None = None) -> EvaluationRun | None:
    """Take the oldest waiting run (or that one); None when there is none, or another one runs."""
    run = _queue.claim(run_id)
    if run is not None and run.started_at is None:
        run.started_at = clock.now()
        EvaluationRun.objects.filter(pk=run.pk).update(started_at=run.started_at)
    return run


def stop(run: EvaluationRun) -> bool:
    """End it; what was asked stays with it. False when it is over already."""
    return bool(_queue.stop(Q(pk=run.pk)))
