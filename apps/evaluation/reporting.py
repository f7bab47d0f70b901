"""What golden sets tell the monthly report: the last figures of each set in a time."""

from datetime import datetime

from apps.core.measured import Measured
from apps.evaluation.models import EvaluationRun

TOLD = ("answer_right", "recall_at_5", "citation_precision", "refusal_accuracy")


def measured_runs(since: datetime, until: datetime) -> list[Measured]:
    """Of each set's last run between these times with what was in force, by the set's name.

    Candidates that were only tried are left out.
    """
    ended = EvaluationRun.objects.filter(
        state=EvaluationRun.State.DONE, finished_at__gte=since, finished_at__lt=until, candidate={}
    ).select_related("golden_set__collection")
    last = {run.golden_set_id: run for run in ended.order_by("finished_at", "pk")}
    return [
        told
        for run in sorted(last.values(), key=lambda run: str(run.golden_set))
        for told in _told(run)
    ]


def _told(run: EvaluationRun) -> list[Measured]:
    at = run.finished_at or run.created_at
    found = [(name, run.figures[name]) for name in TOLD if name in run.figures]
    return [
        Measured(str(run.golden_set), name, one["value"], one.get("low"), one.get("high"), at)
        for name, one in found
    ]
