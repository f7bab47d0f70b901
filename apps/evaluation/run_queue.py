"""Runs of golden sets: asked for, claimed, kept alive, ended. The only writer of a run's state.

QUEUED --claim--> RUNNING --end of a stint--> QUEUED, or DONE, or FAILED; both open states --stop-->
STOPPED. The run of a worker that died waits again; what was asked stays asked.
"""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.core import clock, doorbell
from apps.core.errors import ClawdbotError, Invalid, Overloaded, Retryable
from apps.core.outages import is_cut
from apps.core.worker_names import died_here, worker_name
from apps.evaluation.golden_sets import questions_asked
from apps.evaluation.models import EvaluationRun, GoldenSet

logger = logging.getLogger(__name__)
WORK_ON_RUNS = "evaluation.work_on_runs"
LEASE = timedelta(seconds=120)
State = EvaluationRun.State
OPEN = (State.QUEUED, State.RUNNING)


class Ended(Exception):
    """The run was stopped, or another worker has taken it over."""


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


def open_runs() -> QuerySet[EvaluationRun]:
    """What waits or is worked on, oldest first."""
    return EvaluationRun.objects.filter(state__in=OPEN).order_by("pk")


def is_waiting() -> bool:
    """Whether there is work, and nobody is at it."""
    _free_the_dead()
    return open_runs().exists() and not _is_any_running()


def claim(run_id: int | None = None) -> EvaluationRun | None:
    """Take the oldest waiting run (or that one); None when there is none, or another one runs."""
    _free_the_dead()
    waiting = EvaluationRun.objects.filter(state=State.QUEUED).order_by("pk")
    if run_id is not None:
        waiting = waiting.filter(pk=run_id)
    run = waiting.select_related("golden_set__collection").first()
    if run is None or _is_any_running():
        return None
    token = worker_name()
    begun = run.started_at or clock.now()
    try:
        with transaction.atomic():
            taken = EvaluationRun.objects.filter(pk=run.pk, state=State.QUEUED).update(
                state=State.RUNNING,
                worker=token,
                lease_until=clock.now() + LEASE,
                started_at=begun,
            )
    except IntegrityError:  # another worker was quicker
        return None
    run.state, run.worker, run.started_at = State.RUNNING, token, begun
    return run if taken else None


def keep(run: EvaluationRun, **values: Any) -> None:
    """Store how far the run is and keep its lease alive. Raises Ended when it was taken away."""
    if not _mine(run).update(lease_until=clock.now() + LEASE, **values):
        raise Ended
    for name, value in values.items():
        setattr(run, name, value)


@contextmanager
def stint(run: EvaluationRun) -> Iterator[None]:
    """A while of work on a claimed run; at its end it waits again, unless `finish` was called.

    A refusal fails it with its reason; a passing fault lets it wait, and says what for.
    """
    try:
        yield
    except Ended:
        return
    except ClawdbotError as error:
        if isinstance(error, Retryable | Overloaded):
            _give_back(run, problem=error.message)
        else:
            _end(run, State.FAILED, problem=error.message)
    except Exception as error:
        if is_cut(error):
            raise  # once its lease has ended it goes on where it is
        logger.exception("evaluation run %s failed", run.pk)
        _end(run, State.FAILED, problem=_("Something went wrong. The log has the details."))
    except BaseException:
        _give_back(run, problem=run.problem)
        raise
    else:
        _give_back(run, problem="")


def finish(run: EvaluationRun, **values: Any) -> None:
    """All of it is done; the figures are stored with it."""
    keep(run, **values)
    _end(run, State.DONE, problem="")


def stop(run: EvaluationRun) -> bool:
    """End it; what was asked stays with it. False when it is over already."""
    ended = open_runs().filter(pk=run.pk)
    return bool(
        ended.update(state=State.STOPPED, finished_at=clock.now(), lease_until=None, worker="")
    )


def ring() -> None:
    """Tell the workers, after the commit, that work waits. A lost bell is rung again soon."""
    doorbell.ring(WORK_ON_RUNS, expires_s=60)


def _free_the_dead() -> None:
    """Runs of workers that were silent for too long wait again."""
    silent = EvaluationRun.objects.filter(state=State.RUNNING, lease_until__lt=clock.now())
    silent.update(state=State.QUEUED, worker="", lease_until=None)
    for run in EvaluationRun.objects.filter(state=State.RUNNING):
        if died_here(run.worker):
            _give_back(run, problem="")


def _is_any_running() -> bool:
    return EvaluationRun.objects.filter(state=State.RUNNING).exists()


def _mine(run: EvaluationRun) -> QuerySet[EvaluationRun]:
    return EvaluationRun.objects.filter(pk=run.pk, worker=run.worker, state=State.RUNNING)


def _give_back(run: EvaluationRun, *, problem: str) -> None:
    _mine(run).update(state=State.QUEUED, worker="", lease_until=None, problem=problem)


def _end(run: EvaluationRun, state: EvaluationRun.State, *, problem: str) -> None:
    if _mine(run).update(
        state=state, problem=problem, lease_until=None, finished_at=clock.now(), worker=""
    ):
        run.state, run.problem = state, problem
