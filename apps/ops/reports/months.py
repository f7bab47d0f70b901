"""The month that a report is of."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Self

from django.utils import timezone

from apps.core import clock
from apps.core.errors import Invalid
from apps.ops.ledger import selectors

_WRITTEN = re.compile(r"(\d{4})-(\d{2})\Z")


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """A month in service.time_zone. `first`: its first day."""

    first: date

    @classmethod
    def of(cls, day: date) -> Self:
        """The month of the day."""
        return cls(day.replace(day=1))

    @classmethod
    def written(cls, text: str) -> Self:
        """From `2026-10`. Raises Invalid."""
        found = _WRITTEN.match(text)
        if found is None or not 1 <= int(found[2]) <= 12 or not 2000 <= int(found[1]) <= 9998:
            raise Invalid(f"“{text}” is no month: write it like 2026-10.", code="month")
        return cls(date(int(found[1]), int(found[2]), 1))

    @classmethod
    def now(cls) -> Self:
        """The month that it is."""
        return cls.of(today())

    def __str__(self) -> str:
        return f"{self.first:%Y-%m}"

    @property
    def last(self) -> date:
        """Its last day."""
        return self.following.first - timedelta(days=1)

    @property
    def following(self) -> "Month":
        """The month after it."""
        return Month.of(self.first + timedelta(days=31))

    @property
    def before(self) -> "Month":
        """The month before it."""
        return Month.of(self.first - timedelta(days=1))

    @property
    def is_over(self) -> bool:
        """Whether all of it is past."""
        return self.last < today()

    @property
    def until(self) -> date:
        """The last day that counts: today in the month that it is now."""
        return max(self.first, min(self.last, today()))

    def window(self) -> selectors.Window:
        """Its days up to `until`."""
        return selectors.days(self.first, self.until)

    def compared(self) -> selectors.Window:
        """Days of the month before: all of them, or as many as have passed of this one."""
        last = self.before.last
        if not self.is_over:
            last = min(last, self.before.first + (self.until - self.first))
        return selectors.days(self.before.first, last)

    def ends(self) -> tuple[datetime, datetime]:
        """When it begins, and when the next one does."""
        days = selectors.days(self.first, self.last)
        return days.since, days.until


def today() -> date:
    """The day that it is in service.time_zone."""
    return clock.now().astimezone(timezone.get_default_timezone()).date()
