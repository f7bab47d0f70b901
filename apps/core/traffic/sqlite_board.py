"""The tickets in the file of one machine, within one transaction."""

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from apps.core.traffic import sqlite_counters as counters
from apps.core.traffic.protocols import Day, Entry, Forgotten, Refused, Running, State, Waiting
from apps.core.traffic.queueing import (
    FIRST_MEAN_S,
    LATEST_RETURN_S,
    LEASE_S,
    MEAN_WEIGHT,
    Place,
    expected_wait_s,
    in_order,
    making_room,
    place_of,
    turn_s,
)

WAITS, RUNS, DROPPED = "waits", "runs", "dropped"
NEXT_ONE = 1.01  # turns that whoever is next may always wait; a little more, for rounding
SCHEMA = f"""
{counters.SCHEMA}
CREATE TABLE IF NOT EXISTS ticket (
  ticket TEXT PRIMARY KEY, flow TEXT, priority INTEGER, state TEXT, turn REAL, aged REAL,
  beat REAL, started REAL, charged TEXT, reserved INTEGER
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS figure (name TEXT PRIMARY KEY, value REAL) WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True)
class Board:
    """Who runs and who waits, as of `now`."""

    link: sqlite3.Connection
    now: float
    places: int
    queue: int

    def count(self, state: str) -> int:
        """How many tickets are in the state."""
        counted = self.link.execute("SELECT COUNT(*) FROM ticket WHERE state=?", (state,))
        return int(counted.fetchone()[0])

    def mean_s(self) -> float:
        """How long an answer takes of late."""
        return self._figure("mean_s", FIRST_MEAN_S)

    def send_away(self, wait_s: float) -> Refused:
        """Come back when there is room; those who were told so before come first."""
        spacing_s = self.mean_s() / self.places
        told = max(self.now + wait_s, self._figure("told", 0.0) + spacing_s)
        told = min(told, self.now + LATEST_RETURN_S)
        self._set_figure("told", told)
        return Refused(told - self.now)

    def beat(self, tickets: Sequence[str]) -> None:
        """Keep them alive."""
        self.link.executemany(
            "UPDATE ticket SET beat=? WHERE ticket=?", [(self.now, one) for one in tickets]
        )

    def give(self) -> None:
        """Take the places of the dead, give the free ones to those who are next. Beats of a future
        (the clock was set back) are as of now, else those of the dead would last until then."""
        self.link.execute("UPDATE ticket SET beat=? WHERE beat>?", (self.now, self.now + LEASE_S))
        lost = self.link.execute("SELECT ticket FROM ticket WHERE beat<?", (self.now - LEASE_S,))
        for (ticket,) in lost.fetchall():
            self.remove(ticket, is_counted=True)
        free = self.places - self.count(RUNS)
        waiting = in_order(self._waiting()) if free > 0 else []
        for place in waiting[:free]:
            self.link.execute(
                "UPDATE ticket SET state=?, started=? WHERE ticket=?",
                (RUNS, self.now, place.ticket),
            )

    def crowded(self, entry: Entry) -> Refused | None:
        """Whether the entry would wait too long, or finds the queue full and displaces nobody."""
        waiting = self._waiting()
        if not waiting and self.count(RUNS) < self.places:
            return None
        mine = self._place_of(entry)
        wait_s = self.expected_s(in_order([*waiting, mine]).index(mine))
        answers = max(entry.wait_limit_answers, NEXT_ONE / self.places)
        if wait_s > min(entry.wait_limit_s, answers * self.mean_s()):
            return self.send_away(wait_s)
        if len(waiting) < self.queue:
            return None
        leaving = making_room(waiting, flow=entry.flow, priority=entry.priority)
        if leaving is None:
            return self.send_away(wait_s)
        self._refund(leaving.ticket, whole=True)
        self.link.execute("UPDATE ticket SET state=? WHERE ticket=?", (DROPPED, leaving.ticket))
        return None

    def add(self, entry: Entry, day: Day) -> None:
        """Count the entry and put it into the queue."""
        place = self._place_of(entry)
        charged = counters.charge(self.link, entry, now=self.now, day=day)
        self.link.execute(
            "INSERT INTO ticket VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                *(entry.ticket, entry.flow, entry.priority, WAITS, place.turn, place.aged),
                *(self.now, self.now, json.dumps(charged), max(1, entry.tokens)),
            ),
        )

    def states(self, tickets: Sequence[str]) -> dict[str, State]:
        """How they stand. One that was dropped is told so once."""
        order = in_order(self._waiting())
        positions = {place.ticket: position for position, place in enumerate(order)}
        found: dict[str, State] = {}
        for ticket in tickets:
            if (position := positions.get(ticket)) is not None:
                found[ticket] = Waiting(position, self.expected_s(position))
            elif not (state := self._column("state", ticket)):
                found[ticket] = Forgotten()
            elif state == RUNS:
                found[ticket] = Running()
            else:
                self.remove(ticket, is_counted=True)
                found[ticket] = self.send_away(self.expected_s(len(order)))
        return found

    def finish(self, ticket: str, tokens: int) -> None:
        """The end of one that was served: its tokens count, and how long it took."""
        charged = json.loads(self._column("charged", ticket) or "[]")
        counters.spend(self.link, charged, now=self.now, tokens=tokens)
        if self._column("state", ticket) == RUNS:
            took_s = max(0.0, self.now - float(self._column("started", ticket)))
            mean_s = self.mean_s() * (1 - MEAN_WEIGHT) + MEAN_WEIGHT * took_s
            self._set_figure("mean_s", mean_s)
        self.remove(ticket, is_counted=True)

    def remove(self, ticket: str, *, is_counted: bool) -> None:
        """Forget the ticket and what was reserved for it; not counted: as if it never came."""
        if self._column("state", ticket) != DROPPED:
            self._refund(ticket, whole=not is_counted)
        self.link.execute("DELETE FROM stream WHERE ticket=?", (ticket,))
        self.link.execute("DELETE FROM ticket WHERE ticket=?", (ticket,))

    def _refund(self, ticket: str, *, whole: bool) -> None:
        charged = json.loads(self._column("charged", ticket) or "[]")
        reserved = int(self._column("reserved", ticket) or 0)
        counters.refund(self.link, charged, reserved=reserved, whole=whole)

    def _waiting(self) -> list[Place]:
        rows = self.link.execute(
            "SELECT ticket, flow, priority, turn, aged FROM ticket WHERE state=?", (WAITS,)
        )
        return [Place(*row) for row in rows]

    def _place_of(self, entry: Entry) -> Place:
        held = self.link.execute(
            "SELECT COUNT(*) FROM ticket WHERE flow=? AND state<>?", (entry.flow, DROPPED)
        )
        waiting = self.count(WAITS)
        return place_of(
            entry,
            held=held.fetchone()[0],
            turn_s=turn_s(waiting, mean_s=self.mean_s(), places=self.places),
            now=self.now,
        )

    def expected_s(self, position: int) -> float:
        """How long the ticket with so many before it waits."""
        return expected_wait_s(position, mean_s=self.mean_s(), places=self.places)

    def _figure(self, name: str, first: float) -> float:
        found = self.link.execute("SELECT value FROM figure WHERE name=?", (name,)).fetchone()
        return float(found[0]) if found else first

    def _set_figure(self, name: str, value: float) -> None:
        self.link.execute("INSERT OR REPLACE INTO figure VALUES (?, ?)", (name, value))

    def _column(self, name: str, ticket: str) -> str:
        found = self.link.execute(f"SELECT {name} FROM ticket WHERE ticket=?", (ticket,)).fetchone()  # noqa: S608 - a name of ours
        return found[0] if found else ""
