"""The tickets of one process: kept alive, and woken when they are served."""

import logging
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace

from apps.core.traffic.protocols import (
    Day,
    Entry,
    Forgotten,
    OutOfReach,
    Refused,
    Running,
    State,
    Store,
    Waiting,
)
from apps.core.traffic.queueing import LATER_S, Place, making_room

logger = logging.getLogger(__name__)
POLL_S = 0.025  # how late a place given by another process may be noticed
BEAT_S = 1.0
DISPLACED = Refused(1.0)


class Ticket:
    """A place, or a place in the queue, until `leave`."""

    def __init__(self, room: "Room", entry: Entry, day: Day, state: State) -> None:
        self.entry, self.day, self.state = entry, day, state
        self.entered_at = time.monotonic()
        self.is_lost = False  # its lease ended while it ran: another has its place
        self._room = room

    def wait(self, timeout_s: float) -> State:
        """How it stands once it no longer waits, or after `timeout_s`."""
        with self._room.changed:
            self._room.changed.wait_for(
                lambda: not isinstance(self.state, Waiting), timeout=timeout_s
            )
            return self.state

    def leave(self, *, tokens: int = 0, is_served: bool = True) -> None:
        """Give the place back. Not served: nothing was counted."""
        self._room.forget(self, tokens=tokens, is_served=is_served)


class Room:
    """All tickets of this process. `seats`: how many of its threads they may hold; None: any.

    One thread asks the store for all tickets together: many that wait cost no more than one.
    """

    def __init__(self, store: Store, *, seats: int | None = None) -> None:
        self.store, self.seats = store, seats
        self.changed = threading.Condition()
        self._wake = threading.Event()
        self._tickets: dict[str, Ticket] = {}
        self._entering = 0  # seats of those who ask the store
        self._thread: threading.Thread | None = None

    def enter(self, entry: Entry, day: Day) -> Ticket | Refused:
        """A ticket that runs or waits. A process whose seats are taken refuses at once."""
        if not self._take_seat(entry):
            return self.store.send_away()
        try:
            state = self.store.enter(entry, day)
            return state if isinstance(state, Refused) else self._followed(entry, day, state)
        finally:
            with self.changed:
                self._entering -= 1

    def _followed(self, entry: Entry, day: Day, state: State) -> Ticket:
        ticket = Ticket(self, entry, day, state)
        with self.changed:
            self._tickets[entry.ticket] = ticket
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._follow, daemon=True, name="traffic")
                self._thread.start()
        self._wake.set()
        return ticket

    def forget(self, ticket: Ticket, *, tokens: int, is_served: bool) -> None:
        """What `Ticket.leave` does. Safe to repeat."""
        with self.changed:
            if self._tickets.pop(ticket.entry.ticket, None) is None:
                return
        try:
            self.store.leave(ticket.entry.ticket, tokens=tokens, is_served=is_served)
        except OutOfReach:
            logger.warning("a place was not given back: its lease will end", exc_info=True)
        self._wake.set()

    def _take_seat(self, entry: Entry) -> bool:
        """Whether a thread may wait for this; whoever has most waiting here makes room. Its seat is
        `_entering` until it has a ticket: those who come at once never take more than there are.
        """
        with self.changed:
            held = [one for one in self._tickets.values() if not isinstance(one.state, Refused)]
            if self.seats is None or len(held) + self._entering < self.seats:
                self._entering += 1
                return True
            waiting = [_place(one) for one in held if isinstance(one.state, Waiting)]
            leaving = making_room(waiting, flow=entry.flow, priority=entry.priority)
            if leaving is None:
                return False
            self._tickets[leaving.ticket].state = DISPLACED
            self.changed.notify_all()
            self._entering += 1
            return True

    def _follow(self) -> None:
        beat_at = 0.0
        while True:
            with self.changed:
                waiting = [
                    name for name, one in self._tickets.items() if isinstance(one.state, Waiting)
                ]
                names = [name for name, one in self._tickets.items() if not one.is_lost]
            is_beat = time.monotonic() >= beat_at
            if names and (waiting or is_beat):
                self._poll(names if is_beat else waiting)
            if is_beat:
                beat_at = time.monotonic() + BEAT_S
            self._wake.wait((POLL_S if waiting else BEAT_S) if names else None)
            self._wake.clear()

    def _poll(self, names: list[str]) -> None:
        try:
            found = self.store.poll(names)
        except OutOfReach:
            logger.warning("places and limits are out of reach", exc_info=True)
            time.sleep(BEAT_S)
            return
        for ticket in self._tell(found):
            self._enter_again(ticket)

    def _tell(self, found: Mapping[str, State]) -> list[Ticket]:
        """Pass on what was found. Returns those that waited and are not known any more."""
        forgotten = []
        with self.changed:
            for name, state in found.items():
                ticket = self._tickets.get(name)
                if ticket is None:
                    continue
                if not isinstance(ticket.state, Waiting):
                    ticket.is_lost = ticket.is_lost or not isinstance(state, Running)
                elif isinstance(state, Forgotten):
                    forgotten.append(ticket)
                else:
                    ticket.state = state
            self.changed.notify_all()
        return forgotten

    def _enter_again(self, ticket: Ticket) -> None:
        """It waited long enough not to be sent away for the length of the queue now."""
        entry = replace(ticket.entry, wait_limit_s=1e9, wait_limit_answers=1e9)
        try:
            state = self.store.enter(entry, ticket.day)
        except OutOfReach:
            return  # the next poll finds it as it is now
        with self.changed:
            is_gone = entry.ticket not in self._tickets
            ticket.state = state
            self.changed.notify_all()
        if is_gone:
            with suppress(OutOfReach):  # its lease ends there; this thread has others to keep
                self.store.leave(entry.ticket, is_served=False)


def _place(ticket: Ticket) -> Place:
    entry, at = ticket.entry, ticket.entered_at
    return Place(entry.ticket, entry.flow, entry.priority, at, at + LATER_S[entry.priority])
