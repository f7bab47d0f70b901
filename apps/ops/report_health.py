"""Whether monthly reports are made and mailed: for the administrator's home."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.core import config
from apps.ops.checks import Check
from apps.ops.report_records import MonthlyReport
from apps.ops.reports import mailing, making, schedule
from apps.ops.reports.months import Month
from apps.ops.reports.telling.words import month_name

NAME, ICON = gettext_lazy("Monthly report"), "summarize"
PAGE = "admin:ops_monthlyreport_changelist"
State = MonthlyReport.State


def reports() -> Check:
    """What became of the newest one, of any that failed, and of the mail with last month's."""
    failed = making.report_list().filter(state=State.FAILED).first()
    if failed is not None:
        advice = _("The report of %(month)s could not be made; have it made again. Why: %(reason)s")
        reason = _(failed.message) if failed.message else ""
        told = advice % {"month": month_name(failed.month), "reason": reason}
        return Check(NAME, ICON, "bad", _("Failed"), told, PAGE)
    if schedule.is_missing():
        advice = _("The report of %(month)s is not made. Look at: clawdbot logs worker-parse.")
        told = advice % {"month": month_name(Month.now().before.first)}
        return Check(NAME, ICON, "warn", _("Not made"), told, PAGE)
    newest = making.report_list().first()
    if newest is None:
        return Check(NAME, ICON, "quiet", _("None yet"), page=PAGE)
    if newest.state in {State.WAITING, State.RUNNING}:
        return Check(NAME, ICON, "busy", _("Being made"), page=PAGE)
    if unsent := _why_not_mailed():
        return Check(NAME, ICON, "warn", _("Not mailed"), unsent, PAGE)
    return Check(NAME, ICON, "good", month_name(newest.month), page=PAGE)


def _why_not_mailed() -> str:
    """Last month's, with what to do; empty where nobody is to get it, or all did."""
    report = making.report_list().filter(month=Month.now().before.first, is_final=True).first()
    if report is None or not config.load().reports.mail_to:
        return ""
    if not mailing.is_wanted():
        return _("reports.mail_to names who gets it, but there is no mail server: set mail.host.")
    if not report.mail_message:
        return ""
    told = {"month": month_name(report.month), "reason": report.mail_message}
    if report.mailed_at is not None:
        words = _("Not everybody got the report of %(month)s; see reports.mail_to. %(reason)s")
    elif report.mail_attempts < schedule.MAIL_TRIES:
        words = _("The report of %(month)s is not mailed yet; it is tried hourly. Why: %(reason)s")
    else:
        words = _("The report of %(month)s was not mailed; mail it from its page. Why: %(reason)s")
    return words % told
