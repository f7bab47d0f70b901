"""What detectors see of a request, and what day and hour it is where people work."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from apps.core.metering import Kind, Surface

HOUR_S, DAY_S, MINUTE_S = 3600, 86_400, 60
WANTED = frozenset({Kind.ASK, Kind.SEARCH, Kind.OPEN, Kind.CHAT, Kind.EMBEDDINGS, Kind.RERANK})


@dataclass(frozen=True, slots=True)
class Event:
    """A request of the ledger. `at`: when it began, seconds since 1970; `document`: any name."""

    id: int
    at: float
    surface: str
    kind: str
    outcome: str
    user: int | None = None
    key: int | None = None
    network: str = ""
    ms: float = 0.0
    document: str = ""
    is_injection: bool = False

    @property
    def caller(self) -> str:
        """Whom it is about: the key, else the user, else the network; empty: nobody knows."""
        if self.key is not None:
            return f"key:{self.key}"
        if self.user is not None:
            return f"user:{self.user}"
        return f"net:{self.network}" if self.network else ""

    @property
    def is_person(self) -> bool:
        """Whether one human being sits behind it: no key, and no widget that everybody uses."""
        return self.user is not None and self.key is None and self.surface != Surface.WIDGET


class Calendar:
    """Hours and days of a time zone."""

    def __init__(self, zone: str) -> None:
        self._zone = ZoneInfo(zone)
        self._slot = lru_cache(maxsize=1024)(self._slot_of)

    def hour_of_week(self, at: float) -> int:
        """0 is Monday from midnight to one, 167 the last hour of Sunday."""
        return self._slot(int(at // 900))[0]

    def day(self, at: float) -> int:
        """A number for each day, one more each day."""
        return self._slot(int(at // 900))[1]

    def _slot_of(self, quarter: int) -> tuple[int, int]:  # zones differ by quarters of an hour
        local = datetime.fromtimestamp(quarter * 900, self._zone)
        return local.weekday() * 24 + local.hour, local.toordinal()
