"""The report that is made on the first of each month by itself, and mailed."""

import logging
from datetime import timedelta

from django.db.models import Q

from apps.core import clock, config
from apps.core.errors import ClawdbotError
from apps.ops.ledger_records import LedgerRollup, Level
from apps.ops.report_records import MonthlyReport
from apps.ops.reports import mailing, making
from apps.ops.reports.months import Month

logger = logging.getLogger(__name__)
MAIL_AGAIN = timedelta(hours=1)
MAIL_TRIES = 24
LATE = timedelta(days=1)
State = MonthlyReport.State


def reports_when_due() -> str:
    """Order last month's report when it is due, make what waits, mail what is to be mailed.

    Says what was done. Safe to repeat, on every node. Raises what makes a report fail.
    """
    ordered = _order_when_due()
    made = making.make_waiting()
    making.files_complete()
    mailed = _mail_when_due()
    return f"{ordered} ordered, {made} made, {mailed} mailed"


def is_missing() -> bool:
    """Whether last month's should have been made by itself for LATE, and waits for nobody."""
    month = Month.now().before
    if clock.now() < month.ends()[1] + LATE or not config.load().reports.monthly:
        return False
    there = MonthlyReport.objects.filter(month=month.first)
    is_there = there.filter(Q(is_final=True) | ~Q(state=State.DONE)).exists()
    return not is_there and _has_requests(month)


def _order_when_due() -> int:
    """Last month's, unless it was made after its end; none of a month before all requests."""
    month = Month.now().before
    if not config.load().reports.monthly or not _has_requests(month):
        return 0
    there = MonthlyReport.objects.filter(month=month.first).first()
    if there and (there.is_final or there.state != State.DONE):
        return 0
    making.report_order(month=month, by=None)
    return 1


def _has_requests(month: Month) -> bool:
    begins, ends = month.ends()
    days = LedgerRollup.objects.filter(level=Level.DAY, start__gte=begins, start__lt=ends)
    return days.exists()


def _mail_when_due() -> int:
    """Last month's report, once, to everybody at a time; a server that is away is asked again."""
    if not mailing.is_wanted():
        return 0
    again = Q(mail_tried_at=None) | Q(mail_tried_at__lt=clock.now() - MAIL_AGAIN)
    waiting = MonthlyReport.objects.filter(
        again,
        state=State.DONE,
        is_final=True,
        mailed_at=None,
        mail_attempts__lt=MAIL_TRIES,
        month=Month.now().before.first,
    )
    report = waiting.first()
    if report is None or not waiting.update(mail_tried_at=clock.now()):
        return 0  # or another node is at it
    return int(mail(report.pk))


def mail(key: int) -> bool:
    """Mail this report now; tells whether it went. Why not is in its row."""
    report = MonthlyReport.objects.filter(pk=key).first()
    if report is None:
        return False
    try:
        mailing.report_mail(report)
    except ClawdbotError as error:
        logger.warning("the report of %s is not mailed: %s", report, error.message)
        return False
    return True
