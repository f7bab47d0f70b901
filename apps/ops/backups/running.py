"""The row of a backup: one runs at a time, its lease is renewed while it runs."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from django.db import DatabaseError, IntegrityError, connection, transaction
from django.utils.translation import gettext_noop

from apps.core import clock
from apps.core.errors import ClawdbotError, Conflict
from apps.core.worker_names import is_given_up, worker_name
from apps.ops.backup_records import Backup

logger = logging.getLogger(__name__)
LEASE = timedelta(minutes=2)
RENEW_S = 20.0
CUT_SHORT = gettext_noop("It was cut short. What was stored of it is used by the next one.")
BUG = gettext_noop("Something went wrong inside Clawdbot. The log has the details.")
State = Backup.State


@contextmanager
def recorded(place: Path, *, is_scheduled: bool) -> Iterator[Backup | None]:
    """Hold the row of a backup for the block; what the block raises is told there.

    The block fills in `snapshot`, `figures` and `message`. None where the database is of a program
    that knew no backups. Raises Conflict when another backup is being made.
    """
    if Backup._meta.db_table not in connection.introspection.table_names():
        yield None
        return
    row = _claim(place, is_scheduled=is_scheduled)
    ended = threading.Event()
    keeper = threading.Thread(target=_renew, args=(row.pk, row.worker, ended), daemon=True)
    keeper.start()
    try:
        yield row
        row.state = State.DONE
    except BaseException as error:
        row.state = State.FAILED
        if isinstance(error, ClawdbotError):
            note(row, error)
        else:
            row.message = _why(error)
        raise
    finally:
        ended.set()
        keeper.join()
        _end(row)


def fail(place: Path, error: ClawdbotError) -> None:
    """Say of a scheduled backup why it could not even be begun."""
    row = Backup(place=str(place), is_scheduled=True, state=State.FAILED, finished_at=clock.now())
    note(row, error)
    row.save()


def note_later(snapshot: str, error: ClawdbotError) -> None:
    """Take down what went wrong after a backup, unless it lacks something itself."""
    logger.warning("after the backup: %s", error.message)
    for row in Backup.objects.filter(snapshot=snapshot, message=""):
        note(row, error)
        row.save(update_fields=["message", "figures"])


def note(row: Backup, error: ClawdbotError) -> None:
    """Take down what it says, with its sentence and its values apart where it has them."""
    row.message = error.message
    if "text" in error.details:
        row.figures = row.figures | {"told": error.details}


def claim_expired() -> None:
    """Say of backups whose maker fell silent, or died on this machine, that they were cut short.

    Safe to repeat.
    """
    for row in Backup.objects.filter(state=State.RUNNING):
        if is_given_up(row.worker, row.lease_until):
            Backup.objects.filter(pk=row.pk, worker=row.worker, state=State.RUNNING).update(
                state=State.FAILED, message=CUT_SHORT, lease_until=None, finished_at=clock.now()
            )


def _claim(place: Path, *, is_scheduled: bool) -> Backup:
    claim_expired()
    mine = worker_name()
    try:
        with transaction.atomic():
            return Backup.objects.create(
                place=str(place),
                is_scheduled=is_scheduled,
                worker=mine,
                lease_until=clock.now() + LEASE,
            )
    except IntegrityError:
        raise Conflict("Another backup is being made just now. Wait until it has ended.") from None


def _renew(key: int, worker: str, ended: threading.Event) -> None:
    """In a thread of its own: the other's connection reads one state for as long as it takes."""
    try:
        while not ended.wait(RENEW_S):
            held = Backup.objects.filter(pk=key, worker=worker, state=State.RUNNING)
            try:
                held.update(lease_until=clock.now() + LEASE)
            except DatabaseError:  # busy or away: the lease lasts for some more tries
                connection.close()
    finally:
        connection.close()


def _end(row: Backup) -> None:
    held = Backup.objects.filter(pk=row.pk, worker=row.worker)
    held.update(
        state=row.state,
        snapshot=row.snapshot,
        message=row.message,
        figures=row.figures,
        lease_until=None,
        finished_at=clock.now(),
    )


def _why(error: BaseException) -> str:
    if isinstance(error, OSError) and error.strerror:
        return f"{error.strerror}: {error.filename or ''}".rstrip(": ")
    return BUG if isinstance(error, Exception) else CUT_SHORT
