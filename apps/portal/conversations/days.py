"""The past in the words of a calendar: Today, Yesterday, this week, then months."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from django.utils import formats, timezone
from django.utils.translation import gettext as _

from apps.generation.models import Conversation


@dataclass(frozen=True, slots=True)
class Stretch:
    """Conversations last used at about the same time; `moment` is how to write their time."""

    name: str
    moment: str  # a format of Django's `date` filter
    conversations: list[Conversation]


def by_stretch(conversations: Iterable[Conversation], *, today: date) -> list[Stretch]:
    """In given order (last used first), cut where the name changes. In the user's language."""
    named = groupby(conversations, key=lambda one: _stretch(_day_of(one), today))
    return [Stretch(name, moment, list(rows)) for (name, moment), rows in named]


def _day_of(conversation: Conversation) -> date:
    return timezone.localdate(conversation.updated_at)


def _stretch(day: date, today: date) -> tuple[str, str]:
    if day >= today:
        return _("Today"), "TIME_FORMAT"
    if day == today - timedelta(days=1):
        return _("Yesterday"), "TIME_FORMAT"
    if day >= _week_start(today):
        return _("Earlier this week"), "l"
    return formats.date_format(day, "YEAR_MONTH_FORMAT"), "MONTH_DAY_FORMAT"


def _week_start(today: date) -> date:
    first = int(formats.get_format("FIRST_DAY_OF_WEEK"))  # 0 is Sunday
    return today - timedelta(days=(today.isoweekday() - first) % 7)
