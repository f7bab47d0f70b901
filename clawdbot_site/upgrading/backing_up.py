"""The backup that is made before tables change."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

from django.db import connection

from apps.core import clock, config
from apps.core.errors import ClawdbotError, Conflict
from apps.ops.backups import schedule
from clawdbot_site.upgrading.one_at_a_time import Tell

BackUp = Callable[[], None]


def back_up(tell: Tell) -> None:
    """Into `backup.to`; without one a SQLite file is copied beside itself, and PostgreSQL is not.

    Raises Conflict when it cannot be made: nothing was changed then.
    """
    place = schedule.place()
    try:
        if place is not None:
            _into(place, tell)
        elif connection.vendor == "sqlite":
            tell(f"the database is kept as it was in {_copied()}: delete that when all is well")
        else:
            tell("no backup is made: backup.to names no place")
    except (ClawdbotError, OSError) as error:
        reason = error.message if isinstance(error, ClawdbotError) else str(error)
        raise Conflict(
            f"The backup before the upgrade failed: {reason} Nothing was changed. Mend it, or: "
            "clawdbot upgrade --no-backup"
        ) from error


def _into(place: Path, tell: Tell) -> None:
    from apps.ops.backups.making import BackupOrder, backup_create  # only where it is wanted

    made = backup_create(
        BackupOrder(place, schedule.passphrase_of(None)), lambda _what, _done, _all: None
    )
    tell(f"backup {made.name} in {place}, {made.new_bytes / 1e6:.0f} MB new")


def _copied() -> Path:
    """A copy of the file by SQLite itself: whole, whoever writes meanwhile."""
    target = config.load().data_dir / f"before-{clock.now():%Y%m%d-%H%M%S}.sqlite3"
    fresh = target.with_suffix(".fresh")
    fresh.unlink(missing_ok=True)
    fresh.touch(mode=0o600)
    with sqlite3.connect(fresh) as copy:
        connection.ensure_connection()
        connection.connection.backup(copy)
    copy.close()
    fresh.replace(target)
    return target
