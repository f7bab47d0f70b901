"""Work in stints: claimed, kept alive, given back, ended. The only writer of a row's state.

QUEUED --claim--> RUNNING --end of a stint--> QUEUED, or DONE, or FAILED; both open states --stop-->
STOPPED. The work of a worker that died waits again: the next claim goes on where it is.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Generic, TypeVar

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from apps.core import clock, doorbell
from apps.core.errors import ClawdbotError, Overloaded, Retryable
from apps.core.outages import is_cut
from apps.core.work_records import OPEN, Work, WorkState
from apps.core.worker_names import is_given_up, worker_name

logger = logging.getLogger(__name__)
State = WorkState
BELL_S = 60.0
Row = TypeVar("Row", bound=Work)


class Ended(Exception):
    """The work was stopped, or another worker has taken it over."""


@dataclass(frozen=True, slots=True)
class WorkQueue(Generic[Row]):
    """One kind of work: rows of `model`, of which one runs at a time.

    `task` is rung when there is some. Who is silent for a `lease` has given it up. `related`: what
    is read with a row that is claimed.
    """

    model: type[Row]
    task: str
    lease: timedelta
    related: tuple[str, ...] = ()

    def open_rows(self) -> QuerySet[Row]:
        """What waits or is worked on, oldest first."""
        return self._rows(state__in=OPEN).order_by("pk")

    def is_waiting(self) -> bool:
        """Whether there is work, and nobody is at it."""
        self._free_given_up()
        return self.open_rows().exists() and not self._rows(state=State.RUNNING).exists()

    def ring(self) -> None:
        """Tell the workers, after the commit, that work waits. A lost bell is rung again soon."""
        doorbell.ring(self.task, expires_s=BELL_S)

    def claim(self, key: int | None = None) -> Row | None:
        """Take the oldest that waits (or that one); None: there is none, or another one runs."""
        self._free_given_up()
        waiting = self._rows(state=State.QUEUED).order_by("pk")
        if key is not None:
            waiting = waiting.filter(pk=key)
        row = waiting.select_related(*self.related).first()
        if row is None or self._rows(state=State.RUNNING).exists():
            return None
        mine = worker_name()
        try:
            with transaction.atomic():
                taken = self._rows(pk=row.pk, state=State.QUEUED).update(
                    state=State.RUNNING, worker=mine, lease_until=clock.now() + self.lease
                )
        except IntegrityError:  # another worker was quicker
            return None
        row.state, row.worker = State.RUNNING, mine
        return row if taken else None

    def keep(self, row: Row, *, lease: timedelta | None = None, **values: Any) -> None:
        """Store how far it is and keep its lease alive. Raises Ended when it was taken away."""
        self._store(row, lease_until=clock.now() + (lease or self.lease), **values)

    @contextmanager
    def stint(self, row: Row, *, is_loud: bool = False) -> Iterator[None]:
        """A while of work on what was claimed; at its end it waits again, unless it was finished.

        A refusal fails it with its reason; a passing fault lets it wait, and says what for. Who
        `is_loud` is told, too (Ended, or what was raised): a person waits for it. A worker that is
        told to stop gives it back. An outage of the database is raised, and ends with the lease.
        """
        try:
            yield
        except Ended:
            if is_loud:
                raise
        except ClawdbotError as error:
            if isinstance(error, Retryable | Overloaded):
                self._give_back(row, problem=error.message)
            else:
                self._fail(row, error.message)
            if is_loud:
                raise
        except Exception as error:
            if is_cut(error):
                raise  # once its lease has ended it goes on where it is
            logger.exception("%s failed: %s", row._meta.label, row)
            self._fail(row, _("Something went wrong. The log has the details."))
            if is_loud:
                raise
        except BaseException:
            self._give_back(row, problem=row.problem)
            raise
        else:
            self._give_back(row, problem="")

    def finish(self, row: Row, **values: Any) -> None:
        """All of it is done; the values are stored with it. Raises Ended when it was taken away."""
        self._store(row, state=State.DONE, problem="", **_over(), **values)

    def stop(self, wanted: Q) -> int:
        """End what is wanted of what waits or runs; returns how much. What was done stays."""
        return self.open_rows().filter(wanted).update(state=State.STOPPED, **_over())

    def _rows(self, **which: Any) -> QuerySet[Row]:
        return self.model._default_manager.filter(**which)

    def _mine(self, row: Row) -> QuerySet[Row]:
        return self._rows(pk=row.pk, worker=row.worker, state=State.RUNNING)

    def _store(self, row: Row, **values: Any) -> None:
        if not self._mine(row).update(**values):
            raise Ended
        for name, value in values.items():
            setattr(row, name, value)

    def _give_back(self, row: Row, *, problem: str) -> None:
        self._mine(row).update(state=State.QUEUED, lease_until=None, problem=problem)

    def _fail(self, row: Row, problem: str) -> None:
        self._mine(row).update(state=State.FAILED, problem=problem, **_over())

    def _free_given_up(self) -> None:
        for row in self._rows(state=State.RUNNING):
            if is_given_up(row.worker, row.lease_until):
                as_read = self._mine(row).filter(lease_until=row.lease_until)  # not kept since
                as_read.update(state=State.QUEUED, lease_until=None)


def _over() -> dict[str, Any]:
    return {"finished_at": clock.now(), "lease_until": None}
