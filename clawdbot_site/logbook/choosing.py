"""Which entries somebody wants to see."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from apps.core.errors import Invalid
from clawdbot_site.logbook.entries import LEVELS, Entry

_SPAN = re.compile(r"(\d+)\s*(s|min|m|h|d)")
_SECONDS = {"s": 1, "m": 60, "min": 60, "h": 3600, "d": 86400}


@dataclass(frozen=True, slots=True)
class Choice:
    """What an entry must be; the defaults let all through. `text`: in it, whatever its case."""

    since: datetime | None = None
    level: str = "DEBUG"
    request: str = ""
    text: str = ""

    @property
    def is_all(self) -> bool:
        """Nothing is left out."""
        return self == Choice()

    def takes(self, entry: Entry) -> bool:
        """Whether it is wanted. What tells no time is older than anything."""
        is_late = self.since is None or (entry.at is not None and entry.at >= self.since)
        is_grave = LEVELS[entry.level] >= LEVELS[self.level]
        is_of_it = not self.request or self.request in entry.text
        return is_late and is_grave and is_of_it and self.text.lower() in entry.text.lower()


def since_of(text: str, *, now: datetime | None = None) -> datetime | None:
    """`30s`, `10m`, `2h`, `1d` before now, or a moment like `2026-11-23 08:00` (local time).

    None for the empty text. Raises Invalid.
    """
    if not text:
        return None
    if span := _SPAN.fullmatch(text.strip()):
        ago = timedelta(seconds=int(span[1]) * _SECONDS[span[2]])
        return (now or datetime.now(UTC)) - ago
    try:
        return datetime.fromisoformat(text).astimezone()
    except ValueError:
        raise Invalid(f"“{text}” is no time: write 10m, 2h, 1d or 2026-11-23T08:00.") from None
