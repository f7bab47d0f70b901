"""How long the stages of one search took."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from apps.core import metering


class Stopwatch:
    """Milliseconds by stage; a stage that did not run is not there."""

    def __init__(self) -> None:
        self._started = time.perf_counter()
        self._stages_ms: dict[str, float] = {}

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time the block, whether or not it succeeds. Times under the same name add up."""
        started = time.perf_counter()
        try:
            yield
        finally:
            spent = self._stages_ms.get(name, 0.0) + _ms_since(started)
            self._stages_ms[name] = round(spent, 3)
            metering.noted(name, started, time.perf_counter())

    def timings_ms(self) -> dict[str, float]:
        """The stages so far, and the total since the stopwatch was made."""
        return self._stages_ms | {"total": _ms_since(self._started)}


def _ms_since(started: float) -> float:
    return round((time.perf_counter() - started) * 1000, 3)
