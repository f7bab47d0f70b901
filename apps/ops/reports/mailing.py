"""Sends a report by mail: its first page in words, the PDF with it."""

from django.db.models import F
from django.utils import translation
from django.utils.translation import gettext as _

from apps.core import clock, config, doorbell, mail
from apps.core.errors import ClawdbotError, Conflict
from apps.ops.report_records import MonthlyReport
from apps.ops.reports import making
from apps.ops.reports.blocks import Bullets, Document, Text, Tiles
from apps.ops.reports.telling.document import document

TASK = "ops.mail_report"


def mail_order(report: MonthlyReport) -> None:
    """Have a worker mail it, again if it was. Raises Conflict when nobody is to get it."""
    _recipients()
    MonthlyReport.objects.filter(pk=report.pk).update(mail_message="")
    doorbell.ring(TASK, report.pk, expires_s=600.0)


def is_wanted() -> bool:
    """Whether somebody is to get it, and there is a way."""
    return bool(config.load().reports.mail_to) and mail.is_configured()


def report_mail(report: MonthlyReport) -> list[str]:
    """Send it to reports.mail_to; returns those whom the server refused. The row says how it went.

    Each call sends it again: a mail that left cannot be taken back. Raises Conflict when nobody is
    named, and as `apps.core.mail.send`; NotFound for a report that was never made.
    """
    recipients = _recipients()
    language = config.load().reports.languages[0]
    figures, row = making.figures_of(report), MonthlyReport.objects.filter(pk=report.pk)
    row.update(mail_tried_at=clock.now(), mail_attempts=F("mail_attempts") + 1)
    content = making.file_of(report, language=language, media_type=making.PDF)
    with translation.override(language):
        told = document(figures, report.made_at or clock.now())
        subject = f"Clawdbot: {told.kicker} {told.title}"
        text = _text(told)
    try:
        refused = mail.send(
            to=recipients,
            subject=subject,
            text=text,
            attachments=[
                mail.Attachment(f"{file_name(report, language)}.pdf", making.PDF, content)
            ],
        )
    except ClawdbotError as error:
        row.update(mail_message=error.message)
        raise
    told_of = _("Refused: %(who)s") % {"who": ", ".join(refused)} if refused else ""
    row.update(mail_message=told_of, mailed_at=clock.now())
    return refused


def _recipients() -> list[str]:
    found = config.load().reports.mail_to
    if not found:
        raise Conflict(_("Nobody is to get it: set reports.mail_to."), code="nobody")
    return found


def file_name(report: MonthlyReport, language: str) -> str:
    """Without its ending."""
    return f"clawdbot-report-{report}-{language}"


def _text(told: Document) -> str:
    """The first section without its looks."""
    lines = [f"{told.kicker}: {told.title}", " · ".join(told.facts), ""]
    for block in told.sections[0].blocks:
        if isinstance(block, Tiles):
            lines += [
                f"{one.name}: {one.value}" + (f" ({one.note})" if one.note else "")
                for one in block.tiles
            ]
        elif isinstance(block, Bullets):
            lines += ["", *(f"- {item}" for item in block.items)]
        elif isinstance(block, Text):
            lines += [block.text, ""]
    return "\n".join([*lines, "", _("The whole report is in the PDF."), ""])
