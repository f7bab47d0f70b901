"""Drawings of a report in a page."""

from collections.abc import Iterator, Sequence

from django import template
from django.utils.safestring import SafeString

from apps.ops.reports.blocks import Column, Table
from apps.ops.reports.drawing import Drawing
from apps.ops.reports.printing.web import svg

register = template.Library()


@register.simple_tag
def drawing(picture: Drawing) -> SafeString:
    """As SVG."""
    return svg(picture)


@register.filter
def cells(row: Sequence[str], table: Table) -> Iterator[tuple[str, Column]]:
    """The texts of a row with their columns."""
    return zip(row, table.columns, strict=True)
