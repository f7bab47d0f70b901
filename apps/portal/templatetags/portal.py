"""Icons of the portal's pages."""

from django import template
from django.templatetags.static import static
from django.utils.formats import number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString

from apps.serving.wishes import gigabytes as size_words

register = template.Library()


@register.simple_tag
def icon(name: str) -> SafeString:
    """A picture from icons.svg, hidden from screen readers: words stand beside it or in a label."""
    return format_html(
        '<svg class="icon" aria-hidden="true"><use href="{}#{}"></use></svg>',
        static("portal/icons.svg"),
        name,
    )


@register.filter
def grouped(number: int) -> str:
    """A number as people read it: 100,000."""
    return number_format(number, force_grouping=True)


@register.filter
def gigabytes(size_bytes: int) -> str:
    """A size as machines have it: 25.3 GB."""
    return size_words(size_bytes)


@register.filter
def plain_value(value: object) -> str:
    """A value of clawdbot.yaml on one line; a dash where there is none."""
    if isinstance(value, list):
        return ", ".join(map(str, value)) or "–"
    return "–" if value in ("", None) else str(value)
