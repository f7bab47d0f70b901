"""Numbers, shares, times and money as people of the active language read them."""

from datetime import date
from decimal import Decimal

from django.utils.dates import WEEKDAYS_ABBR
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from apps.ops.reports.figures import change, money

NONE = "–"
SURFACES = {
    "portal": gettext_lazy("Portal"),
    "api": gettext_lazy("REST API"),
    "openai": gettext_lazy("OpenAI interface"),
    "anthropic": gettext_lazy("Anthropic interface"),
    "ollama": gettext_lazy("Ollama interface"),
    "widget": gettext_lazy("Widget"),
    "admin": gettext_lazy("Administration"),
    "cli": "clawdbot ask",
}
KINDS = {
    "ask": gettext_lazy("Questions to documents"),
    "search": gettext_lazy("Searches"),
    "chat": gettext_lazy("Talks with a language model"),
    "embeddings": gettext_lazy("Embeddings"),
    "rerank": gettext_lazy("Rankings of passages"),
    "upload": gettext_lazy("Uploads"),
    "open": gettext_lazy("Documents opened"),
    "other": gettext_lazy("Others"),
}
STAGES = {
    "queue": gettext_lazy("Waiting in the queue"),
    "embed": gettext_lazy("Embedding the question"),
    "dense": gettext_lazy("Searching by meaning"),
    "lexical": gettext_lazy("Searching by words"),
    "fuse": gettext_lazy("Merging both"),
    "read": gettext_lazy("Reading passages"),
    "generate": gettext_lazy("Writing the answer"),
    "verify": gettext_lazy("Checking the answer"),
}


def number(value: float | Decimal, places: int = 0) -> str:
    """Rounded, thousands set apart: 12,345.6 in all our languages (Django sets none in Chinese)."""
    return f"{value:,.{places}f}"


def count(value: int | None) -> str:
    """A number that may not be known."""
    return NONE if value is None else number(value)


def share(value: float | None) -> str:
    """0.912 as 91.2%."""
    return NONE if value is None else f"{number(100 * value, 1)}%"


def milliseconds(value: float | None) -> str:
    """In milliseconds below a second, else in seconds."""
    if value is None:
        return NONE
    if value < 999.5:
        return f"{number(value)} ms"
    return f"{number(value / 1000, 1)} s"


def gigabytes(size_bytes: float | None) -> str:
    """Of memory and disks."""
    return NONE if size_bytes is None else f"{number(size_bytes / 1e9, 1)} GB"


def amount(value: Decimal | None, currency: str) -> str:
    """Money with its currency: whole units from a hundred on."""
    if value is None:
        return NONE
    told = money(value)
    places = max(0, -int(told.as_tuple().exponent))
    return f"{number(told, places)} {currency}".rstrip()


def small_amount(value: Decimal | None, currency: str) -> str:
    """Money of one question, to a hundredth of a cent."""
    return NONE if value is None else f"{number(value, 4)} {currency}".rstrip()


def growth(now: float | None, before: float | None) -> str:
    """How much more than in the month before; empty where that says nothing."""
    by = change(now, before)
    if by is None:
        return ""
    if not round(100 * by):
        return _("as in the month before")
    return _("%(change)s on the month before") % {"change": _signed(f"{number(100 * by)}%", by)}


def points(now: float | None, before: float | None) -> str:
    """How much a share differs from that of the month before."""
    if now is None or before is None:
        return ""
    by = 100 * (now - before)
    if not round(by, 1):
        return _("as in the month before")
    told = _("%(number)s points") % {"number": number(by, 1)}
    return _("%(change)s on the month before") % {"change": _signed(told, by)}


def collection(name: str) -> str:
    """As it was called when the report was made; a name that was deleted is not told."""
    return name or _("(deleted)")


def month_name(first: date) -> str:
    """October 2026."""
    return date_format(first, "YEAR_MONTH_FORMAT")


def day_name(day: date) -> str:
    """With its month and year."""
    return date_format(day, "DATE_FORMAT")


def weekdays() -> list[str]:
    """Short, from Monday on."""
    return [str(WEEKDAYS_ABBR[day]) for day in range(7)]


def listed(items: list[str]) -> str:
    """Side by side, as the language does."""
    return pgettext("between items of a list", ", ").join(items)


def _signed(text: str, by: float) -> str:
    return f"+{text}" if by > 0 else text.replace("-", "−", 1)
