"""Lighting up the words that were searched for."""

import re

from django import template
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

register = template.Library()


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
