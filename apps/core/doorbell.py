"""Telling workers that work waits. A bell may be lost: who swept the rows rings again."""

import logging
import time
from functools import partial

from celery import current_app
from django.db import transaction
from kombu.exceptions import OperationalError

logger = logging.getLogger(__name__)
SILENT_S = 5.0  # after a failure: an upload of a thousand files does not wait a thousand times
# A message is dropped when it expires by the reader's clock, and was written by another's.
CLOCKS_APART_S = 300.0

_silent_until = 0.0


def ring(task: str, *arguments: int, expires_s: float = 3600.0) -> None:
    """Wake a worker for the task, once the transaction is through.

    Never raises for a broker that is away: then the bell is lost, as are those of the next seconds.
    `expires_s`: from when on nobody needs to hear it any more.
    """
    transaction.on_commit(partial(_send, task, arguments, expires_s))


def _send(task: str, arguments: tuple[int, ...], expires_s: float) -> None:
    if time.monotonic() < _silent_until:
        return
    try:
        current_app.send_task(task, args=arguments, expires=expires_s + CLOCKS_APART_S)
    except (OperationalError, OSError) as error:
        _be_silent()
        logger.warning("the broker is out of reach (%s); the bell is rung again later", error)


def _be_silent() -> None:
    global _silent_until  # noqa: PLW0603 - one for the process
    _silent_until = time.monotonic() + SILENT_S
