"""What time it is: by the database's clock, one for all nodes (docs/adr/0028)."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection, models
from django.utils import timezone

ASKED_EVERY_S = 30.0
SET_BY_S = 1.0  # this machine's clock moved so much more than time passed: set, or it slept
FINE_S = 0.5  # half of a round trip: how far the answer may be off


@dataclass(frozen=True, slots=True)
class Reading:
    """An answer of the database, and this machine's clocks at the same moment."""

    now: datetime
    local: float
    monotonic: float
    error_s: float

    def is_fresh(self) -> bool:
        """Whether it may be counted on from; not after this machine's clock was set."""
        passed_s = time.monotonic() - self.monotonic
        is_set = abs(time.time() - self.local - passed_s) > SET_BY_S
        return not is_set and passed_s < (ASKED_EVERY_S if self.error_s < FINE_S else SET_BY_S)


_last: Reading | None = None


def now() -> datetime:
    """The time, the same on all nodes whatever their own clocks say. For dates and leases, not
    for measuring.

    With SQLite there is one machine: its clock. With PostgreSQL the server is asked each 30 seconds
    by this process, over the thread's connection; in between, passed time is counted. Raises
    DatabaseError when it has to be asked and is away.
    """
    if connection.vendor == "sqlite":
        return timezone.now()  # noqa: TID251 - here it is made
    reading = _last if _last is not None and _last.is_fresh() else _read()
    return reading.now + timedelta(seconds=time.monotonic() - reading.monotonic)


def ahead_s() -> float:
    """Seconds by which this machine's clock is ahead of the installation's. Raises as `now`."""
    return (datetime.now(UTC) - now()).total_seconds()


class DateTimeField(models.DateTimeField):  # type: ignore[type-arg]
    """`auto_now` and `auto_now_add` by the installation's clock; no difference to the database."""

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        """The value to store; as Django's but for the clock."""
        if not (self.auto_now or (self.auto_now_add and add)):
            return models.Field.pre_save(self, model_instance, add)
        value = now()
        setattr(model_instance, self.attname, value)
        return value

    def deconstruct(self) -> Any:
        """As Django's own: migrations need not know of it."""
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.DateTimeField", args, kwargs


def _read() -> Reading:
    """Ask the database. It is taken to have answered half-way between asking and knowing."""
    global _last  # noqa: PLW0603 - one reading for the process
    begun = time.monotonic()
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        told: datetime = cursor.fetchone()[0]
    half_s = (time.monotonic() - begun) / 2
    reading = Reading(told, time.time() - half_s, begun + half_s, half_s)
    _last = reading
    return reading
