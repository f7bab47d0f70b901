"""The first page: the month in a few figures and sentences."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.ops.reports.blocks import Block, Bullets, Mood, Section, Text, Tile, Tiles
from apps.ops.reports.figures import ReportFigures
from apps.ops.reports.months import Month
from apps.ops.reports.telling import words
from apps.ops.reports.telling.costs import cheapest, difference
from apps.ops.reports.telling.topics import topic_name

ENOUGH = 0.005  # a change of a share that is worth a colour


def summary(figures: ReportFigures) -> Section:
    """What somebody who reads only this must know."""
    blocks: list[Block] = []
    if figures.until < Month.of(figures.month).last:
        blocks.append(
            Text(
                _(
                    "The month is not over: these are its figures up to %(day)s, compared with as "
                    "many days of the month before."
                )
                % {"day": words.day_name(figures.until)},
                "notice",
            )
        )
    if not figures.questions.asked:
        blocks.append(Text(_("Nobody asked anything in this month.")))
        return Section("summary", _("At a glance"), blocks)
    blocks += [Tiles(_tiles(figures)), Bullets(_sentences(figures))]
    return Section("summary", _("At a glance"), blocks)


def _tiles(figures: ReportFigures) -> list[Tile]:
    now, before = figures.questions, figures.before
    rate, rate_before = now.answered_rate, before.answered_rate if before else None
    helpful, helpful_before = now.helpful_rate, before.helpful_rate if before else None
    p95, p95_before = (
        figures.speed.p95_ms,
        figures.speed_before.p95_ms if figures.speed_before else None,
    )
    year = figures.costs.here.total
    tiles = [
        Tile(
            _("Questions"),
            words.number(now.asked),
            words.growth(now.asked, before.asked if before else None),
        ),
        Tile(_("Answered"), words.share(rate), words.points(rate, rate_before),
             _mood(rate, rate_before)),
        Tile(_("Found helpful"), words.share(helpful), _verdicts(figures),
             _mood(helpful, helpful_before)),
        Tile(_("People"), words.count(figures.people),
             words.growth(figures.people, figures.people_before)),
        Tile(_("95 of 100 within"), words.milliseconds(p95), words.growth(p95, p95_before)),
        Tile(_("A year costs"), words.amount(year, figures.costs.own.currency),
             difference(figures.costs) if year is not None else _("not entered yet")),
    ]  # fmt: skip
    return tiles


def _verdicts(figures: ReportFigures) -> str:
    count = figures.questions.up + figures.questions.down
    return ngettext("%(n)s verdict", "%(n)s verdicts", count) % {"n": words.number(count)}


def _mood(now: float | None, before: float | None) -> Mood:
    if now is None or before is None or abs(now - before) < ENOUGH:
        return ""
    return "good" if now > before else "bad"


def _sentences(figures: ReportFigures) -> list[str]:
    now = figures.questions
    told = [
        _("%(people)s people asked %(asked)s questions; %(answered)s of those that came to an end "
          "were answered from the documents.")
        % {"people": words.count(figures.people), "asked": words.number(now.asked),
           "answered": words.share(now.answered_rate)},
        _("Half of them were done within %(p50)s, 95 of 100 within %(p95)s.")
        % {"p50": words.milliseconds(figures.speed.p50_ms),
           "p95": words.milliseconds(figures.speed.p95_ms)},
    ]  # fmt: skip
    if now.failed:
        told.append(
            ngettext("%(n)s question failed.", "%(n)s questions failed.", now.failed)
            % {"n": words.number(now.failed)}
        )
    if figures.missing and figures.missing.topics:
        first = figures.missing.topics[0]
        told.append(
            _("Asked most without a good answer: %(topic)s (%(n)s times).")
            % {"topic": topic_name(first), "n": words.number(first.asked)}
        )
    best = cheapest(figures.costs)
    if best is not None and figures.costs.here.total is not None:
        told.append(
            _("A year here costs %(here)s; by the prices of %(offer)s it would be %(there)s.")
            % {
                "here": words.amount(figures.costs.here.total, figures.costs.own.currency),
                "offer": best.offer.name,
                "there": words.amount(best.own_total, figures.costs.own.currency),
            }
        )
    return told
