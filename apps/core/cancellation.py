"""Ending work from another thread: whoever waits for a slow server says how to be woken."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar


class Cancellation:
    """Wakes those who wait when nobody listens to what they do any more. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._wakers: set[Callable[[], None]] = set()
        self.is_cancelled = False

    def cancel(self) -> None:
        """Wake all who wait now, and at once whoever begins to wait later. Safe to repeat."""
        with self._lock:
            self.is_cancelled = True
            wakers = list(self._wakers)
        for wake in wakers:
            wake()

    @contextmanager
    def waking(self, wake: Callable[[], None]) -> Iterator[None]:
        """Inside, `wake` is called (from another thread) on cancelling; at once when it was."""
        with self._lock:
            self._wakers.add(wake)
            is_late = self.is_cancelled
        try:
            if is_late:
                wake()
            yield
        finally:
            with self._lock:
                self._wakers.discard(wake)


current: ContextVar[Cancellation | None] = ContextVar("cancellation", default=None)
