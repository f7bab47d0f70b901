"""When Redis is out of reach, each node counts for itself: questions are answered all the same."""

import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar

from apps.core.traffic.protocols import (
    Day,
    Entry,
    Forgotten,
    Load,
    OutOfReach,
    Refused,
    Rule,
    State,
    Store,
    Used,
)
from apps.core.traffic.queueing import LEASE_S

logger = logging.getLogger(__name__)
TRIED_AGAIN_AFTER_S = 1.0  # with a call's time limit less than a lease: a blip loses no place
T = TypeVar("T")


class SpareStore:
    """The first store; while it is out of reach the spare one. A ticket stays where it is from."""

    def __init__(self, first: Store, spare: Store) -> None:
        self._first, self._spare = first, spare
        self._lock = threading.Lock()
        self._spared: set[str] = set()
        self._is_down, self._down_since, self._down_until = False, 0.0, 0.0

    def enter(self, entry: Entry, day: Day) -> State:
        """As promised by Store."""

        with self._lock:
            self._spared.discard(entry.ticket)  # one that enters again

        def spared() -> State:
            state = self._spare.enter(entry, day)
            if not isinstance(state, Refused):
                with self._lock:
                    self._spared.add(entry.ticket)
            return state

        return self._either(lambda: self._first.enter(entry, day), spared)

    def poll(self, tickets: Sequence[str]) -> Mapping[str, State]:
        """As promised by Store; of tickets whose store is out of reach nothing is said until their
        leases have ended there: then they are forgotten."""
        with self._lock:
            spared = [one for one in tickets if one in self._spared]
            others = [one for one in tickets if one not in self._spared]
        found = dict(self._spare.poll(spared)) if spared else {}
        if others:
            found |= self._either(lambda: self._first.poll(others), lambda: self._unheard(others))
        return found

    def _unheard(self, tickets: Sequence[str]) -> Mapping[str, State]:
        is_long = self._is_down and time.monotonic() - self._down_since > LEASE_S
        return dict.fromkeys(tickets, Forgotten()) if is_long else {}

    def leave(self, ticket: str, *, tokens: int = 0, is_served: bool = True) -> None:
        """As promised by Store."""
        with self._lock:
            is_spared = ticket in self._spared
            self._spared.discard(ticket)
        store = self._spare if is_spared else self._first
        store.leave(ticket, tokens=tokens, is_served=is_served)

    def send_away(self) -> Refused:
        """As promised by Store."""
        return self._either(self._first.send_away, self._spare.send_away)

    def used(self, rules: Sequence[Rule], day: Day) -> Mapping[Rule, Used]:
        """As promised by Store."""
        return self._either(
            lambda: self._first.used(rules, day), lambda: self._spare.used(rules, day)
        )

    def load(self) -> Load:
        """As promised by Store."""
        return self._either(self._first.load, self._spare.load)

    def _either(self, first: Callable[[], T], spare: Callable[[], T]) -> T:
        if not self._is_tried():
            return spare()
        try:
            found = first()
        except OutOfReach:
            self._down()
            return spare()
        self._is_down = False
        return found

    def _is_tried(self) -> bool:
        """While it is down, by one thread a second: the others do not wait for it."""
        with self._lock:
            now = time.monotonic()
            if self._is_down and now < self._down_until:
                return False
            self._down_until = now + TRIED_AGAIN_AFTER_S
            return True

    def _down(self) -> None:
        with self._lock:
            was_down, self._is_down = self._is_down, True
            self._down_until = time.monotonic() + TRIED_AGAIN_AFTER_S
            if not was_down:
                self._down_since = time.monotonic()
        if not was_down:
            logger.warning("Redis is out of reach: this node counts for itself", exc_info=True)
