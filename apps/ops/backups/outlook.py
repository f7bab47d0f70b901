"""Whether backups are made as they should be: what the dashboard and the doctor tell."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from apps.core import clock, config
from apps.core.worker_names import is_given_up
from apps.ops.backup_records import Backup
from apps.ops.backups.running import CUT_SHORT
from apps.ops.backups.schedule import LATE

State = Backup.State


@dataclass(frozen=True, slots=True)
class Outlook:
    """`made_at`: of the last backup, None without one. `failed`: the last one, when it failed.

    `is_late`: they are made by themselves, and none was for so long. `is_asked_for`: this node
    makes them.
    """

    is_asked_for: bool
    is_running: bool
    made_at: datetime | None
    lacking: Backup | None  # the last one, when it lacks something, or old ones could not go
    failed: Backup | None
    is_late: bool


def outlook() -> Outlook:
    """Of the whole installation, two queries."""
    settings = config.load().backup
    is_asked_for = bool(settings.to and settings.at)
    last = _ended_if_cut_short(Backup.objects.order_by("-created_at", "-pk").first())
    made = Backup.objects.filter(state=State.DONE).order_by("-created_at", "-pk").first()
    made_at = made.finished_at if made else None
    is_old = made_at is None or clock.now() - made_at > LATE
    first = Backup.objects.order_by("created_at").first() if is_asked_for and not made else None
    waited = first is not None and clock.now() - first.created_at > timedelta(hours=1)
    return Outlook(
        is_asked_for=is_asked_for,
        is_running=last is not None and last.state == State.RUNNING,
        made_at=made_at,
        lacking=made if made and made.message else None,
        failed=last if last is not None and last.state == State.FAILED else None,
        is_late=is_asked_for and is_old and (made is not None or waited),
    )


def _ended_if_cut_short(last: Backup | None) -> Backup | None:
    """A backup whose maker was killed, as it will be taken down before the next one begins."""
    if last is None or last.state != State.RUNNING:
        return last
    if is_given_up(last.worker, last.lease_until):
        last.state, last.message = State.FAILED, CUT_SHORT
    return last
