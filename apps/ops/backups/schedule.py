"""The backup that is made every day by itself: when it is due, and that it is made."""

from datetime import datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext_noop

from apps.core import clock, config
from apps.core.errors import ClawdbotError, Invalid
from apps.ops.backup_records import Backup
from apps.ops.backups.refusals import told

if TYPE_CHECKING:
    from apps.ops.backups.retention import Retention

TRIES = 3
TRY_AGAIN = timedelta(minutes=30)
LATE = timedelta(hours=36)
State = Backup.State


def place() -> Path | None:
    """`backup.to`; None when it is not set. Relative names are of the folder of clawdbot.yaml."""
    to = config.load().backup.to
    return (config.home() / to).resolve() if to else None


def retention() -> "Retention":
    """What `backup.keep_*` says."""
    from apps.ops.backups.retention import Retention

    kept = config.load().backup
    return Retention(kept.keep_daily, kept.keep_weekly, kept.keep_monthly)


def passphrase_of(path: Path | None) -> str | None:
    """The text of the file, without spaces around it; None without a file. Raises Invalid."""
    if path is None:
        configured = config.load().backup.passphrase_file
        if not configured:
            return None
        path = (config.home() / configured).resolve()
    try:
        text = path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        said = gettext_noop("The passphrase in %(path)s cannot be read.")
        raise told(Invalid, said, path=path) from None
    if not text:
        said = gettext_noop("The file of the passphrase, %(path)s, is empty.")
        raise told(Invalid, said, path=path)
    return text


def is_due(now: datetime, at: time) -> bool:
    """Whether today's is still to be made, and may be tried now. `now` in the zone of `at`."""
    moment = datetime.combine(now.date(), at, tzinfo=now.tzinfo)
    if moment > now:
        moment -= timedelta(days=1)
    rows = list(Backup.objects.filter(is_scheduled=True, created_at__gte=moment))
    if any(row.state != State.FAILED for row in rows):
        return False
    last = max((row.created_at for row in rows), default=None)
    return last is None or (len(rows) < TRIES and now - last > TRY_AGAIN)


def backup_when_due() -> str:
    """Make today's backup, and let go of old ones. Says what was done. Safe to repeat, on every
    node: one makes it. Raises as `making.backup_create`; the row of the backup tells why, too, and
    why old ones could not go.
    """
    settings, to = config.load().backup, place()
    if to is None or not settings.at:
        return "not set up"
    from apps.ops.backups import making, pruning, repository, running  # with cryptography

    running.claim_expired()
    now = clock.now().astimezone(timezone.get_default_timezone())
    if not is_due(now, time.fromisoformat(settings.at)):
        return "not due"
    try:
        passphrase = passphrase_of(None)
    except Invalid as error:
        running.fail(to, error)
        raise
    order = making.BackupOrder(to, passphrase, settings.with_keys, is_scheduled=True)
    made = making.backup_create(order, _silent)
    try:
        pruning.prune(repository.repository_open(to, passphrase=passphrase), retention(), _silent)
    except ClawdbotError as error:  # the backup is made all the same
        running.note_later(made.name, error)
    return made.name


def _silent(_what: str, _done: int, _total: int) -> None:
    """Nobody watches."""
