"""A report for browsers: drawings as SVG, and the whole of it as one file that needs no other."""

from functools import cache
from pathlib import Path

from django.template.loader import render_to_string
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from apps.ops.reports.blocks import Document
from apps.ops.reports.drawing import Box, Drawing, Line, Words

STYLES = Path(__file__).resolve().parents[2] / "static/ops/report.css"
PAGE_STYLES = Path(__file__).with_name("standalone.css")


def svg(drawing: Drawing) -> SafeString:
    """As a picture with a description; colours come from classes, so they follow the theme."""
    shapes = format_html_join("", "{}", ((_shape(mark),) for mark in drawing.marks))
    return format_html(
        '<svg class="cb-drawing" viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg>',
        _plain(drawing.width),
        _plain(drawing.height),
        drawing.label,
        shapes,
    )


def standalone(document: Document) -> str:
    """The report as one HTML file."""
    return render_to_string(
        "ops/reports/standalone.html", {"document": document, "styles": _styles()}
    )


@cache
def _styles() -> SafeString:
    """Our own files: nothing of anybody's words is in them."""
    text = PAGE_STYLES.read_text(encoding="utf-8") + STYLES.read_text(encoding="utf-8")
    return mark_safe(text)  # noqa: S308


def _shape(mark: Box | Line | Words) -> SafeString:
    if isinstance(mark, Box):
        opacity = format_html(' opacity="{}"', mark.opacity) if mark.opacity < 1 else ""
        title = format_html("<title>{}</title>", mark.title) if mark.title else ""
        return format_html(
            '<rect class="cb-d-{}" x="{}" y="{}" width="{}" height="{}"{}>{}</rect>',
            mark.tone, *map(_plain, (mark.x, mark.y, mark.width, mark.height)), opacity, title,
        )  # fmt: skip
    if isinstance(mark, Line):
        points = " ".join(f"{_plain(x)},{_plain(y)}" for x, y in mark.points)
        dash = mark_safe(' stroke-dasharray="2 2"') if mark.is_dashed else ""
        return format_html(
            '<polyline class="cb-l-{}" points="{}" stroke-width="{}"{}/>',
            mark.tone, points, _plain(mark.width), dash,
        )  # fmt: skip
    weight = mark_safe(' font-weight="600"') if mark.is_bold else ""
    return format_html(
        '<text class="cb-d-{}" x="{}" y="{}" text-anchor="{}" font-size="{}"{}>{}</text>',
        mark.tone, _plain(mark.x), _plain(mark.y), mark.anchor, _plain(mark.size), weight,
        mark.text,
    )  # fmt: skip


def _plain(value: float) -> str:
    """Whatever the language's separators are."""
    return f"{value:.2f}".rstrip("0").rstrip(".")
