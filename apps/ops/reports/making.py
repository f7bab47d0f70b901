"""Makes reports: a row for each month, which says who is at it, and how it ended."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import translation
from django.utils.translation import gettext, gettext_noop

from apps.accounts.models import User
from apps.core import clock, config, doorbell
from apps.core.errors import ClawdbotError, Conflict, Invalid, NotFound
from apps.core.worker_names import worker_name
from apps.ops.report_records import MonthlyReport, ReportFile
from apps.ops.reports.figures import ReportFigures, from_json, to_json
from apps.ops.reports.gathering import gathered
from apps.ops.reports.months import Month

logger = logging.getLogger(__name__)
State = MonthlyReport.State
TASK = "ops.make_reports"
LEASE = timedelta(minutes=10)  # of one report: seconds of work, a minute where much was asked
TRY_AGAIN = timedelta(minutes=30)
TRIES = 3
PDF, HTML = "application/pdf", "text/html"
BUG = gettext_noop("Something went wrong inside Clawdbot. The log has the details.")


def report_list() -> QuerySet[MonthlyReport]:
    """All of them, the newest first, without their figures."""
    return MonthlyReport.objects.defer("figures").order_by("-month")


def report_get(month: Month) -> MonthlyReport:
    """The one of this month. Raises NotFound."""
    found = MonthlyReport.objects.filter(month=month.first).first()
    if found is None:
        raise NotFound(gettext("There is no report of %(month)s.") % {"month": month})
    return found


def figures_of(report: MonthlyReport) -> ReportFigures:
    """What it tells. Raises NotFound while it was never made."""
    if not report.figures:
        raise NotFound(gettext("The report of %(month)s is not made yet.") % {"month": report})
    return from_json(report.figures)


def file_of(report: MonthlyReport, *, language: str, media_type: str) -> bytes:
    """One of its files. Raises NotFound."""
    found = report.files.filter(language=language, media_type=media_type).first()
    if found is None:
        raise NotFound(gettext("There is no such file of this report; make it again."))
    return bytes(found.content)


@transaction.atomic
def report_order(*, month: Month, by: User | None) -> MonthlyReport:
    """Have a worker make it, again if it is there. Safe to repeat. Raises Invalid for months ahead.

    What is there stays until the new one is done.
    """
    report = _row(month, by)
    free = MonthlyReport.objects.filter(pk=report.pk).exclude(_held(clock.now()))
    free.update(state=State.WAITING, lease_until=None, message="", attempts=0, made_by=by)
    doorbell.ring(TASK)
    report.refresh_from_db()
    return report


def report_make(*, month: Month, by: User | None = None) -> MonthlyReport:
    """Make it here and now, in place of the one that is there; returns it.

    Takes seconds. Raises Invalid for months ahead, Conflict while somebody else is at it, and
    whatever makes it fail, which the row tells, too.
    """
    report = _row(month, by)
    with _claimed(report, Q()) as claimed:
        if not claimed:
            raise Conflict(gettext("This report is being made just now."), code="report_running")
        _make(report, month, by)
    return report


def make_waiting() -> int:
    """Make those that wait, or whose maker fell silent; returns how many. Safe to repeat, on every
    node: each is made by one."""
    count, now = 0, clock.now()
    due = Q(state=State.WAITING) & (Q(lease_until=None) | Q(lease_until__lt=now))
    silent = Q(state=State.RUNNING, lease_until__lt=now)
    for report in MonthlyReport.objects.filter(due | silent).order_by("month"):
        with _claimed(report, due | silent) as claimed:
            if claimed:
                _make(report, Month.of(report.month), report.made_by)
                count += 1
    return count


def files_complete() -> int:
    """Write the files of reports that lost theirs (see `forgetting`); returns of how many."""
    without = MonthlyReport.objects.filter(state=State.DONE, files=None).exclude(figures={})
    for report in without:
        files = list(_files(report, figures_of(report), report.made_at or clock.now()))
        ReportFile.objects.bulk_create(files, ignore_conflicts=True)  # another node was first
    return len(without)


def _row(month: Month, by: User | None) -> MonthlyReport:
    if month > Month.now():
        raise Invalid(gettext("%(month)s has not begun yet.") % {"month": month}, code="month")
    report, _is_new = MonthlyReport.objects.get_or_create(
        month=month.first, defaults={"made_by": by}
    )
    return report


def _held(now: datetime) -> Q:
    return Q(state=State.RUNNING, lease_until__gte=now)


@contextmanager
def _claimed(report: MonthlyReport, wanted: Q) -> Iterator[bool]:
    """Hold the row for the block; False when somebody else does. What the block raises is told in
    the row: it is tried again later, or has failed."""
    mine = worker_name()
    now = clock.now()
    free = MonthlyReport.objects.filter(wanted, pk=report.pk).exclude(_held(now))
    took = free.update(
        state=State.RUNNING, worker=mine, lease_until=now + LEASE, attempts=F("attempts") + 1
    )
    if not took:
        yield False
        return
    report.refresh_from_db()
    try:
        yield True
    except BaseException as error:
        _tell(report, error)
        raise


def _make(report: MonthlyReport, month: Month, by: User | None) -> None:
    """In one transaction at the end: whoever reads sees the old one or the new one."""
    is_over, made_at = month.is_over, clock.now()
    figures = gathered(month)
    files = list(_files(report, figures, made_at))
    with transaction.atomic():
        held = MonthlyReport.objects.filter(pk=report.pk, worker=report.worker)
        done = held.update(
            state=State.DONE,
            figures=to_json(figures),
            is_final=is_over,
            made_at=made_at,
            made_by=by,
            message="",
            lease_until=None,
            attempts=0,
        )
        if done:  # else the lease ended, and another one has it
            report.files.all().delete()
            ReportFile.objects.bulk_create(files)
    report.refresh_from_db()


def _files(
    report: MonthlyReport, figures: ReportFigures, made_at: datetime
) -> Iterator[ReportFile]:
    from apps.ops.reports.printing.pdf import pdf  # reportlab
    from apps.ops.reports.printing.web import standalone
    from apps.ops.reports.telling.document import document

    for language in dict.fromkeys(config.load().reports.languages):
        with translation.override(language):
            told = document(figures, made_at)
            pages = {PDF: pdf(told), HTML: standalone(told).encode()}
        for media_type, content in pages.items():
            yield ReportFile(
                report=report, language=language, media_type=media_type, content=content
            )


def _tell(report: MonthlyReport, error: BaseException) -> None:
    is_over = report.attempts >= TRIES
    MonthlyReport.objects.filter(pk=report.pk, worker=report.worker).update(
        state=State.FAILED if is_over else State.WAITING,
        message=error.message if isinstance(error, ClawdbotError) else BUG,
        lease_until=None if is_over else clock.now() + TRY_AGAIN,  # not before
    )
