"""How many questions a process answers at one time."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore

from django.utils.translation import gettext as _

from apps.core import config
from apps.core.errors import Overloaded

RETRY_AFTER_S = 2


class Slots:
    """A fixed number of places; whoever finds none free is sent away at once, not queued."""

    def __init__(self, places: int) -> None:
        self._free = BoundedSemaphore(places)

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Hold one place. Raises Overloaded when all are taken."""
        if not self._free.acquire(blocking=False):
            raise Overloaded(
                _("Too many questions are being answered just now. Ask again in a few seconds."),
                retry_after_s=RETRY_AFTER_S,
            )
        try:
            yield
        finally:
            self._free.release()


answering = Slots(config.load().service.max_concurrent)
