"""A Celery worker's sign of life: from its own event loop, which a lost connection can stop."""

from functools import partial
from typing import Any

from celery import bootsteps

from apps.core import pulse


class WorkerPulse(bootsteps.StartStopStep):  # type: ignore[misc]  # Celery has no types
    """Beats as `worker-NAME` while the timer of the worker NAME@node runs."""

    requires = {"celery.worker.components:Timer"}

    def __init__(self, worker: Any, **_options: Any) -> None:
        self._entry: Any = None

    def start(self, worker: Any) -> None:
        """Called by Celery when the worker starts."""
        name = f"worker-{worker.hostname.partition('@')[0]}"
        self._entry = worker.timer.call_repeatedly(pulse.EVERY_S, partial(pulse.beat, name))

    def stop(self, worker: Any) -> None:
        """Called by Celery when the worker stops."""
        if self._entry is not None:
            self._entry.cancel()
