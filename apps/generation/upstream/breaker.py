"""Leaving servers alone that fail, one breaker for each address and process."""

import threading
import time
from collections.abc import Callable
from functools import cache

FAILURES, REST_S = 3, 10.0


class Breaker:
    """Closed: calls go through. Open after some failures in a row: none does for a while. Then
    half open: one call tries, and its outcome closes or opens it again. Thread-safe.

    Source: Nygard, Release It!, 2nd edition, chapter 5.
    """

    def __init__(
        self,
        *,
        failures: int = FAILURES,
        rest_s: float = REST_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._most, self._rest_s, self._clock = failures, rest_s, clock
        self._lock = threading.Lock()
        self._failures = 0
        self._opened_at: float | None = None
        self._tried_at: float | None = None  # when the call that tries began

    def allows(self) -> bool:
        """Whether a call may go out now. A True when half open is given to one caller only, who
        reports its outcome; should it never do so, another may try after the rest."""
        with self._lock:
            if self._opened_at is None:
                return True
            now = self._clock()
            since = max(self._opened_at, self._tried_at or self._opened_at)
            if now - since < self._rest_s:
                return False
            self._tried_at = now
            return True

    @property
    def rests_s(self) -> float:
        """Seconds until a call may go out; 0: now."""
        with self._lock:
            if self._opened_at is None:
                return 0.0
            since = max(self._opened_at, self._tried_at or self._opened_at)
            return max(0.0, since + self._rest_s - self._clock())

    def succeeded(self) -> None:
        """The server answered, be it with a refusal."""
        with self._lock:
            self._failures, self._opened_at, self._tried_at = 0, None, None

    def failed(self) -> None:
        """The server could not be reached, broke down or was too slow."""
        with self._lock:
            self._failures += 1
            if self._failures >= self._most:
                self._opened_at, self._tried_at = self._clock(), None


@cache
def breaker_of(address: str) -> Breaker:
    """The process's breaker for that address."""
    return Breaker()
