"""How much was asked, when, where from."""

from django.utils.translation import gettext as _

from apps.ops.reports import charts
from apps.ops.reports.blocks import Block, Chart, Column, Section, Table
from apps.ops.reports.charts import Part
from apps.ops.reports.figures import ReportFigures
from apps.ops.reports.telling import words


def usage(figures: ReportFigures) -> Section:
    """Days, hours, surfaces."""
    blocks: list[Block] = []
    if figures.days and figures.questions.asked:
        blocks.append(_by_day(figures))
    if any(count for row in figures.hours for count in row):
        blocks.append(_by_hour(figures))
    blocks += [_surfaces(figures), _kinds(figures)]
    if figures.tokens_in or figures.tokens_out:
        blocks.append(_tokens(figures))
    return Section("usage", _("Usage"), blocks)


def _by_day(figures: ReportFigures) -> Chart:
    parts = [
        Part(_("Answered"), "accent"),
        Part(_("Not found"), "warn"),
        Part(_("Refused, failed or cancelled"), "bad"),
    ]
    days = figures.days
    drawing = charts.stacked(
        [str(one.day.day) for one in days],
        parts,
        [(one.answered, one.not_found, one.other) for one in days],
        label=_("Questions of each day: %(numbers)s")
        % {"numbers": words.listed([words.number(one.asked) for one in days])},
    )
    return Chart(_("Questions by day"), drawing)


def _by_hour(figures: ReportFigures) -> Chart:
    names = words.weekdays()
    busiest = max(
        ((count, day, hour) for day, row in enumerate(figures.hours)
         for hour, count in enumerate(row)), key=lambda one: one[0],
    )  # fmt: skip
    drawing = charts.heat(
        names,
        figures.hours,
        told=lambda day, hour, count: f"{names[day]} {hour:02}:00: {words.number(count)}",
        label=_("Most questions: %(day)s from %(hour)s o'clock, %(n)s in the month")
        % {"day": names[busiest[1]], "hour": busiest[2], "n": words.number(busiest[0])},
    )
    return Chart(
        _("Questions by weekday and hour (%(zone)s)") % {"zone": figures.time_zone}, drawing
    )


def _surfaces(figures: ReportFigures) -> Table:
    total = sum(figures.surfaces.values())
    rows = [
        [str(words.SURFACES.get(name, name)), words.number(count), words.share(count / total)]
        for name, count in figures.surfaces.items()
    ]
    columns = [Column(_("Asked through"), 4), Column(_("Questions"), 1.3, is_number=True),
               Column(_("Of all"), 1, is_number=True)]  # fmt: skip
    return Table(columns, rows, _("Where questions came from"))


def _kinds(figures: ReportFigures) -> Table:
    rows = [
        [str(words.KINDS.get(name, name)), words.number(count)]
        for name, count in figures.kinds.items()
    ]
    columns = [Column(_("Kind of request"), 5), Column(_("How many"), 1.3, is_number=True)]
    return Table(columns, rows, _("All requests"))


def _tokens(figures: ReportFigures) -> Table:
    columns = [Column(_("Language models"), 5), Column(_("How many"), 1.3, is_number=True)]
    rows = [
        [_("Tokens read"), words.number(figures.tokens_in)],
        [_("Tokens written"), words.number(figures.tokens_out)],
    ]
    return Table(columns, rows, _("Tokens of language models"))
