"""Asking golden sets by themselves: once what is in force has changed, and has settled."""

from datetime import datetime, timedelta

from apps.core import clock, config
from apps.core.errors import ClawdbotError
from apps.evaluation import run_queue
from apps.evaluation.forgetting import drafts_of_gone_askings_forget
from apps.evaluation.golden_sets import golden_sets_complete, questions_asked
from apps.evaluation.models import EvaluationRun, GoldenSet
from apps.evaluation.run_queue import Wanted
from apps.evaluation.setups import DOCUMENTS, changed, fingerprint, setup_of

LONGEST_WAIT = timedelta(hours=6)  # something that never settles is asked all the same


def watch() -> int:
    """Look at every watched set; returns how many runs were queued. Safe to repeat.

    Drafts whose askings are gone go, too.
    """
    drafts_of_gone_askings_forget()
    if not config.load().evaluation.on_change:
        return 0
    golden_sets_complete()
    there = GoldenSet.objects.filter(is_watched=True, collection__deleted_at=None)
    return sum(_look(one) for one in there.select_related("collection"))


def _look(golden_set: GoldenSet) -> bool:
    """Whether a run was queued."""
    if not questions_asked(golden_set).exists():
        return False
    try:
        setup = setup_of(golden_set, {})
    except ClawdbotError:  # a model is being exchanged: the next look
        return False
    last = _last(golden_set)
    parts = changed(last.setup, setup) if last else []
    if last and (last.is_open or not parts):
        _settle(golden_set, "", None)
        return False
    now, found = clock.now(), fingerprint(setup)
    if golden_set.pending_fingerprint != found:
        _settle(golden_set, found, now)
    if not _is_due(golden_set, now) or _is_too_soon(last, parts, now):
        return False
    run_queue.run_ask(golden_set, Wanted(EvaluationRun.Cause.CHANGE, changes=parts or list(setup)))
    _settle(golden_set, "", None)
    return True


def _last(golden_set: GoldenSet) -> EvaluationRun | None:
    """The newest run with what is in force. One that failed or was stopped counts, too: it is not
    tried again before something changes."""
    return golden_set.runs.filter(candidate={}).order_by("-pk").first()


def _is_due(golden_set: GoldenSet, now: datetime) -> bool:
    since, first = golden_set.pending_since, golden_set.pending_first
    settled = timedelta(minutes=config.load().evaluation.settle_minutes)
    if since is None or first is None:
        return False
    return now - since >= settled or now - first >= LONGEST_WAIT


def _is_too_soon(last: EvaluationRun | None, parts: list[str], now: datetime) -> bool:
    """Documents come and go all day."""
    if last is None or parts != [DOCUMENTS]:
        return False
    pause = timedelta(hours=config.load().evaluation.documents_hours)
    return bool(now - last.created_at < pause)


def _settle(golden_set: GoldenSet, found: str, now: datetime | None) -> None:
    """Note since when this is in force, or that there is nothing to wait for."""
    if (golden_set.pending_fingerprint, golden_set.pending_since) == (found, now):
        return
    golden_set.pending_fingerprint = found
    golden_set.pending_since = now
    golden_set.pending_first = (golden_set.pending_first or now) if found else None
    golden_set.save(update_fields=["pending_fingerprint", "pending_since", "pending_first"])
