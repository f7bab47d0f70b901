"""Who may ask now: the limits of the caller, and a place among all that are being answered."""

import time
import uuid
from collections.abc import Generator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from django.utils.translation import gettext as _

from apps.core import config, metering
from apps.core.errors import Retryable
from apps.core.traffic.protocols import (
    Entry,
    Limited,
    OutOfReach,
    Priority,
    Refused,
    Rule,
    Used,
    Waiting,
)
from apps.core.traffic.room import Ticket
from apps.core.traffic.rooms import room
from apps.generation.limits import NODE, Caller, rules_of, today
from apps.generation.sending_away import overloaded

__all__ = ["NODE", "Admission", "Caller", "Priority", "Queued", "admission_events", "admitted"]

TOLD_EVERY_S = 1.0
EVALUATION_PATIENCE = 20  # waits so many times longer: nobody looks at it, no web thread is held
# A program is answered within twice the time that an answer takes, or sent away at once, and comes
# back by itself; a person sees the place in the queue and waits more gladly. Less than a whole
# answer: those who are sent away take some of the processor, too (benchmarks/traffic.py).
WAIT_IN_ANSWERS = {Priority.API: 0.6}
SHORTEST_WAIT_S, OVERTAKEN = 1.0, 1.5  # of what was expected
HEADERS = {Limited.REQUESTS: "requests", Limited.TOKENS: "tokens", Limited.DAY: "requests-day"}


@dataclass(frozen=True, slots=True)
class Queued:
    """`position` questions are before this one; its turn comes in about `wait_s` seconds."""

    position: int
    wait_s: float


class Admission:
    """A place, until it is closed. A context manager; closing twice is safe."""

    def __init__(self, ticket: Ticket) -> None:
        self._ticket = ticket
        self._tokens = 0

    def spend(self, tokens: int) -> None:
        """Tell of tokens that an engine read or wrote; they count when the place is given back."""
        self._tokens += tokens

    def close(self) -> None:
        """Give the place back."""
        self._ticket.leave(tokens=self._tokens)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def admission_events(caller: Caller, *, priority: Priority) -> Generator[Queued, None, Admission]:
    """Yields the place in the queue, each second; returns the Admission, which is open.

    Use it as `admission = yield from admission_events(...)`, then `with admission:`. Closing the
    generator early leaves the queue. Raises Overloaded (`overloaded`, `rate_limited` or
    `quota_exceeded`) with the seconds to wait.
    """
    limit_s = config.load().traffic.queue_wait_s
    if caller == NODE and priority is Priority.BATCH:
        limit_s *= EVALUATION_PATIENCE
    entry = Entry(
        ticket=uuid.uuid4().hex,
        flow=f"user:{caller.user_id}",
        priority=priority,
        rules=rules_of(caller),
        wait_limit_s=limit_s,
        wait_limit_answers=WAIT_IN_ANSWERS.get(priority, 1e9),
    )
    try:
        ticket = room().enter(entry, today())
    except OutOfReach as error:
        raise Retryable(_("Questions cannot be taken just now. Ask again soon.")) from error
    if isinstance(ticket, Refused):
        raise overloaded(ticket)
    try:
        with metering.timing(metering.Stage.QUEUE):
            yield from _waiting(ticket, _longest_wait_s(ticket, limit_s))
    except BaseException:
        ticket.leave(is_served=False)
        raise
    return Admission(ticket)


@contextmanager
def admitted(caller: Caller, *, priority: Priority) -> Iterator[Admission]:
    """Wait for a place and hold it. Raises as `admission_events`."""
    with _last_of(admission_events(caller, priority=priority)) as admission:
        yield admission


def limits_used(caller: Caller) -> Mapping[Rule, Used]:
    """What is used of each of the caller's limits now; empty too when it cannot be known."""
    rules = rules_of(caller)
    try:
        return room().store.used(rules, today()) if rules else {}
    except OutOfReach:
        return {}


def limit_headers(caller: Caller) -> Mapping[str, str]:
    """`x-ratelimit-*` of the caller's limits as they stand, as OpenAI names them; none: empty."""
    told = {}
    for rule, so_far in limits_used(caller).items():
        if name := HEADERS.get(rule.limited):
            told[f"x-ratelimit-limit-{name}"] = str(rule.most)
            told[f"x-ratelimit-remaining-{name}"] = str(max(0, rule.most - so_far.count))
            told[f"x-ratelimit-reset-{name}"] = f"{so_far.resets_in_s:.0f}s"
    return told


def _longest_wait_s(ticket: Ticket, limit_s: float) -> float:
    """How long it may really be: who waits for no longer than an answer may be overtaken."""
    state = ticket.state
    if ticket.entry.priority in WAIT_IN_ANSWERS and isinstance(state, Waiting):
        return min(limit_s, max(SHORTEST_WAIT_S, OVERTAKEN * state.wait_s))
    return limit_s


def _waiting(ticket: Ticket, limit_s: float) -> Iterator[Queued]:
    """Tells the place until it is the ticket's turn. Raises Overloaded when it waited too long."""
    state, until = ticket.state, ticket.entered_at + limit_s
    while isinstance(state, Waiting):
        if time.monotonic() >= until:
            raise overloaded(Refused(state.wait_s))
        yield Queued(state.position, state.wait_s)
        state = ticket.wait(min(TOLD_EVERY_S, until - time.monotonic()))
    if isinstance(state, Refused):
        raise overloaded(state)


def _last_of(events: Generator[Queued, None, Admission]) -> Admission:
    try:
        while True:
            try:
                next(events)
            except StopIteration as end:
                admission: Admission = end.value
                return admission
    finally:
        events.close()
