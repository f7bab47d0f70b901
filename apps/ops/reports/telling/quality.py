"""How well questions were answered, and how fast."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.generation.models import Feedback
from apps.ops.reports import charts
from apps.ops.reports.blocks import Block, Chart, Column, Section, Table, Text
from apps.ops.reports.charts import Bar, Part
from apps.ops.reports.figures import ReportFigures
from apps.ops.reports.telling import words

OUTCOMES = (
    ("answered", gettext_lazy("Answered from the documents")),
    ("not_found", gettext_lazy("Not found in the documents")),
    ("failed", gettext_lazy("Failed")),
    ("refused", gettext_lazy("Refused: limits, overload, not valid")),
    ("denied", gettext_lazy("Denied: no right to it")),
    ("cancelled", gettext_lazy("Cancelled by who asked")),
)
MEASURES = {
    "answer_right": gettext_lazy("Right answers"),
    "recall_at_5": gettext_lazy("Recall at 5"),
    "citation_precision": gettext_lazy("Citation precision"),
    "refusal_accuracy": gettext_lazy("Refusal accuracy"),
}


def quality(figures: ReportFigures) -> Section:
    """Outcomes, verdicts, golden sets."""
    if not figures.questions.asked:
        return Section("quality", _("Quality"), [Text(_("There was nothing to judge."))])
    blocks: list[Block] = [_outcomes(figures), _verdicts(figures)]
    if figures.measures:
        blocks.append(_measures(figures))
    return Section("quality", _("Quality"), blocks)


def speed(figures: ReportFigures) -> Section:
    """Times by day and by stage."""
    if figures.speed.p50_ms is None:
        return Section("speed", _("Speed"), [Text(_("There was nothing to time."))])
    parts = [Part(_("95 of 100 within"), "warn"), Part(_("Half within"), "accent")]
    days = figures.days
    drawing = charts.lines(
        [str(one.day.day) for one in days],
        parts,
        [[one.p95_ms for one in days], [one.p50_ms for one in days]],
        written=words.milliseconds,
        label=_("Half of the answers of each day within: %(numbers)s")
        % {"numbers": words.listed([words.milliseconds(one.p50_ms) for one in days])},
    )
    blocks: list[Block] = [_times(figures), Chart(_("Answer times by day"), drawing)]
    if figures.stages:
        blocks.append(_stages(figures))
    return Section("speed", _("Speed"), blocks)


def _outcomes(figures: ReportFigures) -> Table:
    found, before = figures.questions, figures.before
    rows = []
    for name, told in OUTCOMES:
        count = getattr(found, name)
        if count or name in {"answered", "not_found", "failed"}:
            earlier = words.number(getattr(before, name)) if before else words.NONE
            rows.append([str(told), words.number(count), words.share(count / found.asked), earlier])
    rows.append([_("All questions"), words.number(found.asked), words.share(1.0),
                 words.number(before.asked) if before else words.NONE])  # fmt: skip
    columns = [Column(_("What became of them"), 3.6), Column(_("Questions"), 1.2, is_number=True),
               Column(_("Of all"), 1, is_number=True),
               Column(_("Month before"), 1.4, is_number=True)]  # fmt: skip
    return Table(columns, rows, _("What became of the questions"), has_total=True)


def _verdicts(figures: ReportFigures) -> Table:
    found = figures.questions
    rows = [
        [_("Helpful"), words.number(found.up)],
        [_("Not helpful"), words.number(found.down)],
    ]
    labels = dict(Feedback.Reason.choices)
    rows += [
        [f"    {labels.get(name, name)}", words.number(count)]
        for name, count in figures.reasons.items()
    ]
    columns = [Column(_("Verdict"), 5), Column(_("How many"), 1.3, is_number=True)]
    return Table(columns, rows, _("What people said of their answers"))


def _measures(figures: ReportFigures) -> Table:
    rows = [
        [one.of, str(MEASURES.get(one.name, one.name)), words.share(one.value),
         _between(one.low, one.high), words.day_name(one.at.date())]
        for one in figures.measures
    ]  # fmt: skip
    columns = [Column(_("Golden set"), 2.4), Column(_("Figure"), 2),
               Column(_("Value"), 1, is_number=True),
               Column(_("95% between"), 1.8, is_number=True),
               Column(_("Measured"), 1.8, is_number=True)]  # fmt: skip
    return Table(columns, rows, _("Golden sets: questions whose answers are known"))


def _between(low: float | None, high: float | None) -> str:
    if low is None or high is None:
        return words.NONE
    return f"{words.share(low)} – {words.share(high)}"


def _times(figures: ReportFigures) -> Table:
    now, before = figures.speed, figures.speed_before
    names = ((_("Half within"), "p50_ms"), (_("95 of 100 within"), "p95_ms"),
             (_("99 of 100 within"), "p99_ms"), (_("On average"), "mean_ms"))  # fmt: skip
    rows = [
        [told, words.milliseconds(getattr(now, name)),
         words.milliseconds(getattr(before, name)) if before else words.NONE]
        for told, name in names
    ]  # fmt: skip
    columns = [Column(_("Answers took"), 4), Column(_("This month"), 1.4, is_number=True),
               Column(_("Month before"), 1.4, is_number=True)]  # fmt: skip
    return Table(columns, rows, _("Times of answers, the queue included"))


def _stages(figures: ReportFigures) -> Chart:
    rows = [
        Bar(str(words.STAGES.get(name, name)), mean, words.milliseconds(mean))
        for name, mean in figures.stages.items()
    ]
    told = words.listed([f"{row.name} {row.text}" for row in rows])
    return Chart(
        _("Where the time goes: mean of each stage"), charts.bars(rows, label=told, name_width=140)
    )
