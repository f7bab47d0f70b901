"""Showing passages that were searched: their words lit up, tables readable on few lines."""

import re

from django import template
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

register = template.Library()

_RULE = re.compile(r"\n[ \t]*\|(?:[ \t]*:?-+:?[ \t]*\|)+[ \t]*(?=\n|$)")
_BLANK = re.compile(r"\n\s*\n")
_ENDS = re.compile(r"(?<=\n)[ \t]*\|[ \t]*|[ \t]*\|[ \t]*(?=\n)")
_BETWEEN = re.compile(r"(?:[ \t]*\|)+[ \t]*")  # cells that are empty leave no dot of their own


@register.filter
def cells_apart(text: str) -> str:
    """A part of a passage without blank lines; dots, not bars, between the cells of its tables."""
    return _BETWEEN.sub(" · ", _ENDS.sub("", _BLANK.sub("\n", _RULE.sub("", text))))


@register.filter
def highlighted(text: str, query: str) -> SafeString:
    """The text, escaped, with each word of the query in <mark>."""
    words = sorted((query or "").split(), key=len, reverse=True)
    if not words:
        return conditional_escape(text)
    pieces = re.split(f"({'|'.join(re.escape(word) for word in words)})", text, flags=re.IGNORECASE)
    shown = [
        format_html("<mark>{}</mark>", piece) if is_word else conditional_escape(piece)
        for piece, is_word in zip(pieces, [False, True] * len(pieces), strict=False)
    ]
    return mark_safe("".join(shown))  # noqa: S308 - every piece is escaped above
