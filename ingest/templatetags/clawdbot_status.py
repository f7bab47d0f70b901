"""Template filters for the states of documents."""

from django import template
from django.utils.translation import gettext as _

from ingest.chunking_units import count_tokens
from ingest.words import STATUS_WORDS, TONES, job_reason

register = template.Library()
register.filter("job_reason", job_reason)


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


FORMATS = {
    "application/pdf": "PDF",
    "text/plain": "TXT",
    "text/markdown": "Markdown",
    "text/html": "HTML",
    "text/csv": "CSV",
    "message/rfc822": "EML",
    "application/json": "JSON",
    "application/epub+zip": "EPUB",
    "application/msword": "DOC",
    "application/rtf": "RTF",
    "application/vnd.ms-outlook": "MSG",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "DOCX",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "XLSX",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": "PPTX",
}


@register.filter
def format_word(media_type: str) -> str:
    """The kind of a file as people call it; the media type when there is no such word."""
    return FORMATS.get(media_type, media_type)


@register.filter
def language_word(code: str) -> str:
    """The name of a language that texts are recognised in."""
    return {"en": _("English"), "zh": _("Chinese")}.get(code, code)
