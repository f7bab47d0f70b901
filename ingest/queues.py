"""The queues of jobs, one for each stage: what waits, what is at work, since when."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Min, Q

from ingest.models import Job, JobStage, JobState
from ingest.selectors import UNFINISHED

WORKED = (JobStage.PARSE, JobStage.EMBED)  # the stages that workers take jobs of


@dataclass(frozen=True, slots=True)
class Queue:
    """`waiting`: jobs that could begin now, the first of them `since` then. `running`: jobs at
    work, the first of whose leases ends at `lease_until`; `alive`: those whose lease has not ended.
    """

    waiting: int = 0
    running: int = 0
    alive: int = 0
    since: datetime | None = None
    lease_until: datetime | None = None

    def oldest_s(self, now: datetime) -> float:
        """How long the first one waits; 0 when none does."""
        return max(0.0, (now - self.since).total_seconds()) if self.since else 0.0


def queues(now: datetime) -> Mapping[str, Queue]:
    """By stage, those with nothing in them, too. One query."""
    ready = Q(state=JobState.QUEUED) & (Q(not_before=None) | Q(not_before__lte=now))
    running = Q(state=JobState.RUNNING)
    rows = (
        Job.objects.filter(UNFINISHED)
        .order_by()
        .values_list("stage")
        .annotate(
            waiting=Count("id", filter=ready),
            at_work=Count("id", filter=running),
            alive=Count("id", filter=running & Q(lease_until__gte=now)),
            since=Min("waiting_since", filter=ready),
            lease_ends=Min("lease_until", filter=running),
        )
    )
    found = {stage: Queue(*counted) for stage, *counted in rows}
    return {stage: found.get(stage, Queue()) for stage in JobStage.values}
