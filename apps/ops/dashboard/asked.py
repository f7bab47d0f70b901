"""What of the figures is to be shown: read from an address, and written into one."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.utils import timezone
from django.utils.dateparse import parse_datetime

from apps.core.errors import Invalid
from apps.core.metering import Kind, Surface
from apps.ops.ledger.selectors import Window, between, window

DEFAULT = "1h"
NODE_CHARACTERS = 100


@dataclass(frozen=True, slots=True)
class Asked:
    """A span of time, and what it is narrowed to; what is empty does not narrow.

    `is_fixed`: it was given by its ends, so that it does not move on with the time.
    """

    window: Window
    surface: str = ""
    kind: str = ""
    node: str = ""
    is_fixed: bool = False

    @property
    def query(self) -> dict[str, str]:
        """The same as parts of an address."""
        span = (
            {"since": self.window.since.isoformat(), "until": self.window.until.isoformat()}
            if self.is_fixed
            else {"range": self.window.name}
        )
        narrowing = {"surface": self.surface, "kind": self.kind, "node": self.node}
        return span | {name: value for name, value in narrowing.items() if value}

    def address(self, page: str, **changed: str) -> str:
        """The page with this view; `changed` parts are replaced, empty ones left out."""
        parts = {name: value for name, value in (self.query | changed).items() if value}
        return f"{page}?{urlencode(parts)}" if parts else page


def asked(query: Mapping[str, Any]) -> Asked:
    """The view that the address asks for; what makes no sense in it is passed over."""
    span = _span(query)
    return Asked(
        window=span or _range(str(query.get("range", ""))),
        surface=_one_of(Surface, query.get("surface")),
        kind=_one_of(Kind, query.get("kind")),
        node=str(query.get("node", ""))[:NODE_CHARACTERS],
        is_fixed=span is not None,
    )


def moment_of(text: Any) -> datetime | None:
    """A time as addresses and forms write it; without a zone in that of the installation."""
    try:
        found = parse_datetime(str(text or ""))
    except ValueError:
        return None
    if found is not None and timezone.is_naive(found):
        return timezone.make_aware(found)
    return found


def _span(query: Mapping[str, Any]) -> Window | None:
    since, until = moment_of(query.get("since")), moment_of(query.get("until"))
    if since is None or until is None:
        return None
    try:
        return between(since, until)
    except (Invalid, OverflowError):
        return None


def _range(name: str) -> Window:
    try:
        return window(name)
    except Invalid:
        return window(DEFAULT)


def _one_of(words: type[Surface] | type[Kind], value: Any) -> str:
    return str(value) if value in set(map(str, words)) else ""
