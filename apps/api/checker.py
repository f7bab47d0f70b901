"""Answering at once how a process is, whatever the database does meanwhile."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from typing import Generic, TypeVar

T = TypeVar("T")
KEPT_S = 1.0
WAIT_S = 0.5  # then the asker is told what was true before
PATIENCE_S = 5.0  # then a look that has not ended is an answer, too


class Checker(Generic[T]):
    """Looks in a thread of its own, one look at a time, when it is asked and a second has passed.

    A database that hangs holds up one thread, and not one for each who asks. A look that is slow,
    because the machine is busy, changes nothing for five seconds: then `silence` is told.
    """

    def __init__(self, look: Callable[[], T], silence: T, pool: Executor | None = None) -> None:
        self._look = look
        self._silence = silence
        self._pool = pool or ThreadPoolExecutor(max_workers=1, thread_name_prefix="readiness")
        self._lock = threading.Lock()
        self._begun = 0.0
        self._under_way: Future[T] | None = None
        self._last: T | None = None

    def ask(self) -> T:
        """What the last look found, at most a second old where looks are quick."""
        with self._lock:
            begun, under_way = self._begin()
        try:
            self._last = under_way.result(timeout=WAIT_S)
        except TimeoutError:
            is_hanging = time.monotonic() - begun > PATIENCE_S
            return self._silence if is_hanging or self._last is None else self._last
        return self._last

    def _begin(self) -> tuple[float, Future[T]]:
        now, look = time.monotonic(), self._under_way
        if look is not None and (not look.done() or now - self._begun <= KEPT_S):
            return self._begun, look
        if look is not None and look.exception() is None:
            self._last = look.result()  # nobody may have waited for it
        look = self._pool.submit(self._look)
        self._begun, self._under_way = now, look
        return now, look
