"""Small charts, drawn on the server: no script, no library."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django import template
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from apps.ops.answer_figures import Day

register = template.Library()
BAR, GAP, HEIGHT = 8, 3, 32


@register.simple_tag
def day_bars(days: Sequence[Day]) -> SafeString:
    """One bar a day, as high as questions were asked; the answered part is filled.

    The numbers are also in each bar's tooltip and, for who cannot see it, in the label.
    """
    most = max((day.asked for day in days), default=0) or 1
    bars = format_html_join("", "{}", ((_bar(n, day, most),) for n, day in enumerate(days)))
    label = _("Questions of each of the last %(days)s days: %(numbers)s") % {
        "days": len(days),
        "numbers": ", ".join(str(day.asked) for day in days),
    }
    width = len(days) * (BAR + GAP) - GAP
    return format_html(
        '<svg class="cb-spark" viewBox="0 0 {} {}" role="img" aria-label="{}"'
        ' preserveAspectRatio="none">{}</svg>',
        width,
        HEIGHT,
        label,
        bars,
    )


@register.simple_tag
def minute_bars(counts: Sequence[int], until: datetime) -> SafeString:
    """One bar a minute, oldest first, the last one ending at `until`."""
    most = max(counts, default=0) or 1
    bars = format_html_join(
        "", "{}", ((_minute(n, count, most, counts, until),) for n, count in enumerate(counts))
    )
    return format_html(
        '<svg class="cb-spark" viewBox="0 0 {} {}" role="img" aria-label="{}"'
        ' preserveAspectRatio="none">{}</svg>',
        len(counts) * (BAR + GAP) - GAP,
        HEIGHT,
        _("Counted in each minute: %(numbers)s") % {"numbers": ", ".join(map(str, counts))},
        bars,
    )


def _minute(
    number: int, count: int, most: int, counts: Sequence[int], until: datetime
) -> SafeString:
    height = max(1, round(HEIGHT * count / most))
    at = localtime(until - timedelta(minutes=len(counts) - number))
    return format_html(
        '<g><title>{}: {}</title><rect class="{}" x="{}" y="{}" width="{}" height="{}"/></g>',
        date_format(at, "TIME_FORMAT"),
        count,
        "cb-spark-part" if count else "cb-spark-all",
        *(number * (BAR + GAP), HEIGHT - height, BAR, height),
    )


def _bar(number: int, day: Day, most: int) -> SafeString:
    asked = max(1, round(HEIGHT * day.asked / most))
    answered = round(HEIGHT * day.answered / most)
    left = number * (BAR + GAP)
    title = _("%(day)s: %(asked)s asked, %(answered)s answered") % {
        "day": date_format(day.day, "SHORT_DATE_FORMAT"),
        "asked": day.asked,
        "answered": day.answered,
    }
    return format_html(
        '<g><title>{}</title><rect class="cb-spark-all" x="{}" y="{}" width="{}" height="{}"/>'
        '<rect class="cb-spark-part" x="{}" y="{}" width="{}" height="{}"/></g>',
        title,
        *(left, HEIGHT - asked, BAR, asked),
        *(left, HEIGHT - answered, BAR, answered),
    )
