"""Template filters for the states of documents."""

from django import template

from ingest.chunking_units import count_tokens
from ingest.words import STATUS_WORDS, TONES, format_word, job_reason, language_word

register = template.Library()
register.filter("job_reason", job_reason)
register.filter("format_word", format_word)
register.filter("language_word", language_word)


@register.filter
def status_word(status: str) -> str:
    """The status as people read it."""
    return str(STATUS_WORDS[status])


@register.filter
def tone(status: str) -> str:
    """The colour family of a status: quiet, busy, good, bad."""
    return TONES[status]


@register.filter
def plain(number: int) -> str:
    """The number without separators, for addresses and styles."""
    return str(number)


@register.filter
def tokens(text: str) -> int:
    """About how many tokens an embedding model makes of the text."""
    return round(count_tokens(text))
