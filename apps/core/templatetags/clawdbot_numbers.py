"""Words and whole numbers of pages."""

from django import template

from apps.core.text import labelled

register = template.Library()
register.filter(labelled)


@register.filter
def grouped(value: float | None) -> str:
    """1234567 as 1,234,567: so in each of our languages; Django groups English ones alone."""
    return "" if value is None else f"{value:,.0f}"
