"""Requests under way in this process that have an Idempotency-Key: they keep their records fresh.

A record that nobody keeps fresh belongs to a process that was killed, or that lost the database:
whoever repeats the request then takes it over.
"""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.db import DatabaseError, connection

from apps.api.models import IdempotencyRecord
from apps.core import clock

logger = logging.getLogger(__name__)

RENEWED_EVERY_S = 4.0
ABANDONED_AFTER = timedelta(seconds=15)

_lock = threading.Lock()
_under_way: set[int] = set()
_threads: list[threading.Thread] = []


@contextmanager
def under_way(record: IdempotencyRecord) -> Iterator[None]:
    """Have `started_at` renewed while the block lasts. A short one costs no query."""
    with _lock:
        _under_way.add(record.pk)
        if not _threads:
            _threads.append(threading.Thread(target=_renew, daemon=True, name="idempotency"))
            _threads[0].start()
    try:
        yield
    finally:
        with _lock:
            _under_way.discard(record.pk)


def take_over(record: IdempotencyRecord) -> bool:
    """Whether the process that began the record must have died; then it is ours. Safe to race."""
    now = clock.now()
    if now - record.started_at < ABANDONED_AFTER:
        return False
    same = IdempotencyRecord.objects.filter(pk=record.pk, started_at=record.started_at, status=None)
    return same.update(started_at=now) == 1


def _renew() -> None:
    """The one thread, while there is something to renew."""
    pause = threading.Event()
    while True:
        pause.wait(RENEWED_EVERY_S)
        with _lock:
            records = list(_under_way)
            if not records:
                _threads.clear()
                return
        try:
            unfinished = IdempotencyRecord.objects.filter(pk__in=records, status=None)
            unfinished.update(started_at=clock.now())
        except DatabaseError as error:
            logger.warning("records of requests under way are not renewed: %s", error)
        finally:
            connection.close()
