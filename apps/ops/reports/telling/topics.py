"""What people asked, and what the documents have no good answer to."""

from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from apps.ops.reports.blocks import Block, Column, Section, Table, Text
from apps.ops.reports.figures import ReportFigures
from apps.ops.reports.questions import Topic, Topics
from apps.ops.reports.telling import words

LISTED = 10


def topics(figures: ReportFigures) -> Section:
    """What was asked most."""
    title = _("What people asked")
    if figures.top is None:
        return Section("topics", title, [_off()])
    rows = [
        [topic_name(one), words.number(one.asked), words.number(one.people),
         words.share(one.answered / one.asked if one.asked else None)]
        for one in figures.top.topics[:LISTED]
    ]  # fmt: skip
    columns = [Column(_("Topic"), 6), Column(pgettext("how often", "Asked"), 1, is_number=True),
               Column(_("People"), 1, is_number=True),
               Column(_("Answered"), 1.3, is_number=True)]  # fmt: skip
    return Section("topics", title, _listed(figures.top, columns, rows))


def missing(figures: ReportFigures) -> Section:
    """What was not answered, or not well."""
    title = _("What is missing")
    if figures.missing is None:
        return Section("missing", title, [_off()])
    if not figures.missing.asked:
        return Section("missing", title, [Text(_("No question of this month is open."))])
    rows = [
        [topic_name(one), _places(one), words.number(one.asked), words.number(one.people)]
        for one in figures.missing.topics[:LISTED]
    ]  # fmt: skip
    columns = [Column(_("Topic"), 5), Column(_("Nearest collection"), 2.4),
               Column(pgettext("how often", "Asked"), 1, is_number=True),
               Column(_("People"), 1, is_number=True)]  # fmt: skip
    intro = Text(
        _("Questions of this month that are still open: nothing was found, the answer was not "
          "helpful, or it was sent to a curator. The desk shows them all.")
    )  # fmt: skip
    return Section("missing", title, [intro, *_listed(figures.missing, columns, rows)])


def topic_name(topic: Topic) -> str:
    """The wording that many used, else the words that many share."""
    return topic.text or " · ".join(topic.terms)


def _places(topic: Topic) -> str:
    names = [words.collection(place.name) for place in topic.collections]
    return words.listed(names) or words.NONE


def _listed(found: Topics, columns: Sequence[Column], rows: Sequence[Sequence[str]]) -> list[Block]:
    blocks: list[Block] = [Table(columns, rows)] if rows else []
    if found.apart:
        blocks.append(Text(_apart(found, is_rest=bool(rows)), "muted"))
    return blocks or [Text(_("There is nothing to tell."))]


def _apart(found: Topics, *, is_rest: bool) -> str:
    told = ngettext(
        "%(n)s question is not listed", "%(n)s questions are not listed", found.apart
    ) % {"n": words.number(found.apart)}
    why = ngettext(
        "only what %(n)s person asked is named",
        "only what at least %(n)s different people asked is named",
        found.min_people,
    ) % {"n": words.number(found.min_people)}
    return _("%(told)s: %(why)s, and %(most)s topics at most.") % {
        "told": told, "why": why, "most": words.number(LISTED),
    } if is_rest else _("%(told)s: %(why)s.") % {"told": told, "why": why}  # fmt: skip


def _off() -> Text:
    return Text(_("What was asked is left out (reports.questions)."), "muted")
