"""What is asked of traffic control, and what it answers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Protocol


class Priority(IntEnum):
    """Classes of questions, in the order in which they are served. Lower ones age: none starves."""

    PORTAL = 0  # a person waits
    API = 1
    BATCH = 2  # evaluations


class Limited(StrEnum):
    """What a limit counts."""

    REQUESTS = "requests_per_minute"
    TOKENS = "tokens_per_minute"
    STREAMS = "streams"
    DAY = "requests_per_day"


@dataclass(frozen=True, slots=True)
class Rule:
    """At most `most` of `limited`, counted for `subject` (`user:7`, `key:3`)."""

    limited: Limited
    subject: str
    most: int


@dataclass(frozen=True, slots=True)
class Entry:
    """Somebody who wants a place."""

    ticket: str  # random
    flow: str  # callers take turns by it
    priority: Priority
    rules: Sequence[Rule] = ()
    tokens: int = 0  # reserved until it is known what was used
    wait_limit_s: float = 0.0  # a longer expected wait is refused at once
    wait_limit_answers: float = 1e9  # the same, in how long answers take; the next one may wait


@dataclass(frozen=True, slots=True)
class Day:
    """The day that daily limits count in."""

    name: str
    ends_in_s: float


@dataclass(frozen=True, slots=True)
class Running:
    """The ticket has a place."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """The ticket is in the queue. `position`: how many are before it."""

    position: int
    wait_s: float


@dataclass(frozen=True, slots=True)
class Refused:
    """The ticket is gone. `rule`: the limit that was reached; None: too many wait."""

    retry_after_s: float
    rule: Rule | None = None


@dataclass(frozen=True, slots=True)
class Forgotten:
    """Nobody knows the ticket: the store was emptied, or it was not polled for too long."""


State = Running | Waiting | Refused | Forgotten


@dataclass(frozen=True, slots=True)
class Used:
    """How much of a limit is used, and in how many seconds all of it is free again."""

    count: int
    resets_in_s: float


@dataclass(frozen=True, slots=True)
class Load:
    """How many answers are being given and how many questions wait, everywhere."""

    running: int
    waiting: int
    mean_s: float  # an answer takes so long of late


class OutOfReach(Exception):
    """The store cannot be asked now."""


class Store(Protocol):
    """The one truth about places and counters. Every method is atomic across processes.

    Raises OutOfReach.

    A ticket that is not polled for `LEASE_S` seconds is given up: its place goes to the next.
    """

    def enter(self, entry: Entry, day: Day) -> State:
        """Count the request and give it a place, or a place in the queue. Refused counts nothing.
        Never Forgotten.

        When the queue is full, the last of the caller who has most waiting makes room, or the last
        of a lower class: one caller's hundred requests do not keep another's first away. Those who
        are refused are told to come back one after the other, as fast as answers are given.
        """

    def poll(self, tickets: Sequence[str]) -> Mapping[str, State]:
        """How these tickets stand; keeps them alive. Free places are given to who is next."""

    def leave(self, ticket: str, *, tokens: int = 0, is_served: bool = True) -> None:
        """Give the place back, with the tokens that were used. Not served: nothing was counted."""

    def send_away(self) -> Refused:
        """For somebody who is refused elsewhere: when to come back. Each is told a later time."""

    def used(self, rules: Sequence[Rule], day: Day) -> Mapping[Rule, Used]:
        """What is used of these limits now."""

    def load(self) -> Load:
        """How busy it is now."""
