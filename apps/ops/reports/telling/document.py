"""The whole report, section by section."""

from datetime import datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from apps.ops.reports.blocks import Bullets, Document, Section
from apps.ops.reports.figures import ReportFigures
from apps.ops.reports.telling import words
from apps.ops.reports.telling.costs import costs
from apps.ops.reports.telling.quality import quality, speed
from apps.ops.reports.telling.stock import knowledge, machines
from apps.ops.reports.telling.summary import summary
from apps.ops.reports.telling.topics import missing, topics
from apps.ops.reports.telling.usage import usage


def document(figures: ReportFigures, made_at: datetime) -> Document:
    """The report in the language that is active."""
    month = words.month_name(figures.month)
    local = made_at.astimezone(timezone.get_default_timezone())
    made = date_format(local, "DATETIME_FORMAT")
    return Document(
        kicker=_("Monthly report"),
        title=month,
        facts=[figures.installation, _("Made on %(when)s") % {"when": made},
               f"Clawdbot {figures.program}"],
        sections=[
            summary(figures),
            usage(figures),
            quality(figures),
            speed(figures),
            topics(figures),
            missing(figures),
            knowledge(figures),
            machines(figures),
            costs(figures),
            _notes(figures),
        ],
        foot=_("Monthly report %(month)s · %(installation)s")
        % {"month": month, "installation": figures.installation},
        language=get_language() or "en",
    )  # fmt: skip


def _notes(figures: ReportFigures) -> Section:
    return Section(
        "notes",
        _("How to read this"),
        [
            Bullets(
                [
                    _("Figures come from the request ledger of this installation: each request "
                      "counts once, on the day on which it began (%(zone)s).")
                    % {"zone": figures.time_zone},
                    _("“Answered” is the share of the questions that came to an end for which the "
                      "documents had an answer; an honest “not found” is no failure."),
                    _("Times that half or 95 of 100 keep to are off by 5% at most."),
                    _("People are counted, never named. Words of questions appear only when "
                      "several different people used them; mail addresses and long numbers "
                      "never do."),
                    _("Figures are kept as they were when the report was made: what is deleted "
                      "later does not change them."),
                ]
            )
        ],
    )  # fmt: skip
