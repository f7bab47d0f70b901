"""Sealing and writing in threads, while the caller reads on: both take a processor."""

import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")
THREADS = max(2, min(4, os.cpu_count() or 2))
AHEAD = 2 * THREADS  # pieces of work that wait: what bounds memory


class Pool:
    """Work handed out is done in any order; `submit` waits while much of it is waiting."""

    def __init__(self, executor: ThreadPoolExecutor) -> None:
        self._executor = executor
        self._waiting: list[Future[None]] = []

    def submit(self, work: Callable[[], None]) -> None:
        """Have it done. Raises what earlier work raised."""
        if len(self._waiting) >= AHEAD:
            self._waiting.pop(0).result()
        self._waiting.append(self._executor.submit(work))

    def finish(self) -> None:
        """Wait for all of it. Raises what it raised."""
        while self._waiting:
            self._waiting.pop(0).result()


@contextmanager
def pool() -> Iterator[Pool]:
    """All work is done after the block; when the block fails, what waits is dropped."""
    with ThreadPoolExecutor(THREADS, thread_name_prefix="backup") as executor:
        try:
            opened = Pool(executor)
            yield opened
            opened.finish()
        except BaseException:
            executor.shutdown(cancel_futures=True)
            raise


def ahead(work: Callable[[T], R], items: Iterable[T]) -> Iterator[tuple[T, R]]:
    """Each item with what `work` makes of it, in order, worked on ahead in threads."""
    with ThreadPoolExecutor(THREADS, thread_name_prefix="backup") as executor:
        waiting: list[tuple[T, Future[R]]] = []
        try:
            for item in items:
                waiting.append((item, executor.submit(work, item)))
                if len(waiting) >= AHEAD:
                    first, future = waiting.pop(0)
                    yield first, future.result()
            for item, future in waiting:
                yield item, future.result()
        finally:
            executor.shutdown(cancel_futures=True)
