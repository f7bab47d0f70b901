"""Who is next: pure arithmetic over those who wait. The Redis script does the same in Lua."""

from collections.abc import Sequence
from dataclasses import dataclass

from apps.core.traffic.protocols import Entry, Priority

# A caller's second question stands behind the first questions of all who come while the queue of
# now is served, its third behind those of twice that time: none is overtaken for ever.
LONGEST_TURN_S = 60.0
# A question of the class is treated as if it had come so much later: the others go first, and yet
# it is never overtaken for longer than this.
LATER_S = {Priority.PORTAL: 0.0, Priority.API: 5.0, Priority.BATCH: 20.0}
LEASE_S = 5.0  # a ticket that is not polled for so long belonged to a process that died
WINDOW_S = 60
FIRST_MEAN_S = 1.0  # until answers were timed
MEAN_WEIGHT = 0.1  # of the latest answer in the moving mean
LATEST_RETURN_S = 120.0  # nobody is told to come back later, however many there are


@dataclass(frozen=True, slots=True)
class Place:
    """A ticket that waits. `turn`: its order among its class; `aged`: of its class among others."""

    ticket: str
    flow: str
    priority: int
    turn: float
    aged: float


def place_of(entry: Entry, *, held: int, turn_s: float, now: float) -> Place:
    """The place in the queue of a caller who holds so many tickets already."""
    turn, aged = now + held * turn_s, now + LATER_S[entry.priority]
    return Place(entry.ticket, entry.flow, entry.priority, turn, aged)


def turn_s(waiting: int, *, mean_s: float, places: int) -> float:
    """How long serving all who wait takes: one turn of the callers."""
    return min(LONGEST_TURN_S, expected_wait_s(waiting, mean_s=mean_s, places=places))


def in_order(waiting: Sequence[Place]) -> list[Place]:
    """Those who wait in the order in which they are served."""
    lines: dict[int, list[Place]] = {}
    for place in sorted(waiting, key=lambda one: (one.turn, one.ticket), reverse=True):
        lines.setdefault(place.priority, []).append(place)
    order = []
    while lines:
        priority = min(lines, key=lambda one: (lines[one][-1].aged, one))
        order.append(lines[priority].pop())
        if not lines[priority]:
            del lines[priority]
    return order


def making_room(waiting: Sequence[Place], *, flow: str, priority: int) -> Place | None:
    """Who leaves a full queue for the first question of another caller or class.

    The last of the lowest class below; else the last of the caller who has most waiting in this
    class, when that is at least two more than the newcomer has: nobody is sent away for an equal.
    """
    lower = [place for place in waiting if place.priority > priority]
    if lower:
        return max(lower, key=lambda one: (one.priority, one.turn))
    held: dict[str, int] = {}
    for place in waiting:
        if place.priority == priority:
            held[place.flow] = held.get(place.flow, 0) + 1
    if not held or max(held.values()) < held.get(flow, 0) + 2:
        return None
    heaviest = max(held, key=lambda one: held[one])
    theirs = [one for one in waiting if one.flow == heaviest and one.priority == priority]
    return max(theirs, key=lambda one: one.turn)


def expected_wait_s(position: int, *, mean_s: float, places: int) -> float:
    """How long until the ticket with so many before it is served, when all places are taken."""
    return mean_s * (position + 1) / places
