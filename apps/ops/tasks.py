"""Celery's doorbells of apps.ops."""

import logging

from celery import shared_task

from apps.core.errors import ClawdbotError
from apps.ops import erasure
from apps.ops.anomalies import intake, telling
from apps.ops.anomalies.services import anomalies_prune
from apps.ops.backups import schedule
from apps.ops.ledger import gauges, pruning, rolling
from apps.ops.packs import uploads
from apps.ops.reports import mailing
from apps.ops.reports import schedule as report_schedule

logger = logging.getLogger(__name__)


@shared_task(name="ops.purge_dead", acks_late=True)
def purge_dead() -> int:
    """Purge what was deleted or replaced. Safe to repeat."""
    return erasure.purge()


@shared_task(name=uploads.IMPORT_PACK, acks_late=True)
def import_pack(key: int) -> str:
    """Take an uploaded knowledge pack over. Safe to repeat: only a waiting one is taken."""
    return uploads.pack_work(key)


@shared_task(name="ops.sweep_packs", acks_late=True)
def sweep_packs() -> int:
    """Clean up after imports of packs that were cut short. Safe to repeat."""
    return uploads.sweep()


@shared_task(name="ops.keep_ledger", acks_late=True)
def keep_ledger() -> int:
    """Measure what there is to measure, roll up what was written. Safe to repeat."""
    gauges.sample()
    return rolling.roll_up()


@shared_task(name="ops.prune_ledger", acks_late=True)
def prune_ledger() -> int:
    """Forget what is older than the ledger keeps it. Safe to repeat."""
    return pruning.ledger_prune()


@shared_task(name="ops.watch_requests", acks_late=True)
def watch_requests() -> int:
    """Look for what is unusual, tell of it. Safe to repeat."""
    looked = intake.requests_look()
    telling.messages_send()
    return looked


@shared_task(name="ops.prune_anomalies", acks_late=True)
def prune_anomalies() -> int:
    """Forget what was settled, and habits of who is gone. Safe to repeat."""
    return anomalies_prune() + intake.habits_prune()


@shared_task(name="ops.back_up", acks_late=True)
def back_up() -> str:
    """Make today's backup when it is due. Safe to repeat: one is made, whoever is asked."""
    try:
        return schedule.backup_when_due()
    except ClawdbotError as error:  # a refusal, which the row of the backup tells, too
        logger.warning("no backup: %s", error.message)
        return "refused"


@shared_task(name="ops.make_reports", acks_late=True)
def make_reports() -> str:
    """Make and mail the monthly reports that are due. Safe to repeat: each is made by one."""
    return report_schedule.reports_when_due()


@shared_task(name=mailing.TASK)
def mail_report(key: int) -> str:
    """Mail a report that somebody wants mailed. Rung once: a mail cannot be taken back."""
    return "mailed" if report_schedule.mail(key) else "not mailed"
