"""Whether anybody works on jobs: read from the job rows and from the workers' sign of life."""

import os
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.db.models import Max

from apps.core import clock, config
from apps.core.node_records import NodeProcess
from ingest.queues import WORKED, queues

SILENT_AFTER = timedelta(seconds=60)  # the schedule rings every 10 seconds
WORKER = "worker-parse"  # which does the housekeeping, too
UNTOUCHED_AFTER = timedelta(seconds=30)  # a free worker takes a job within a second


@dataclass(frozen=True, slots=True)
class Presence:
    """`running`: jobs whose worker gave a sign of life within its lease.

    `waiting_since`: of the job that waits longest and could begin now. `seen_at`: when a worker of
    this machine last did the housekeeping, or one of any node told of itself; None: never.
    """

    waiting: int
    running: int
    waiting_since: datetime | None
    seen_at: datetime | None
    is_stuck: bool  # a job waits though nobody works on any other of its stage

    @property
    def is_silent(self) -> bool:
        """No worker gives signs of life any more."""
        return self.seen_at is not None and clock.now() - self.seen_at > SILENT_AFTER

    @property
    def is_missing(self) -> bool:
        """Nobody works: either jobs wait in vain, or the workers have fallen silent."""
        return self.is_stuck or (self.is_silent and not self.running)


def presence() -> Presence:
    """How it stands now, for all collections. Two queries."""
    now = clock.now()
    stages = [found for stage, found in queues(now).items() if stage in WORKED]
    return Presence(
        waiting=sum(one.waiting for one in stages),
        running=sum(one.alive for one in stages),
        waiting_since=min((one.since for one in stages if one.since), default=None),
        seen_at=_seen_at(),
        is_stuck=any(
            one.since and not one.alive and now - one.since > UNTOUCHED_AFTER for one in stages
        ),
    )


def give_sign() -> None:
    """A worker of this machine is alive. A full or read-only disk is no reason to stop working."""
    try:
        _sign().parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        _sign().touch()
        now_s = clock.now().timestamp()  # not that of the disk, which may be another machine's
        os.utime(_sign(), (now_s, now_s))
    except OSError:
        return


def _seen_at() -> datetime | None:
    """With several nodes the housekeeping is done by one of them, and not always by the same."""
    workers = NodeProcess.objects.filter(kind=WORKER).aggregate(seen_at=Max("seen_at"))
    return max((at for at in (workers["seen_at"], _signed_at()) if at), default=None)


def _signed_at() -> datetime | None:
    try:
        return datetime.fromtimestamp(_sign().stat().st_mtime, UTC)
    except OSError:
        return None


def _sign() -> Path:
    return config.load().data_dir / "run" / "worker-alive"
