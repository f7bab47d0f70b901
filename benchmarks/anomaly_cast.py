"""Who asks in a simulated month: people and programs, and how each of them works."""

import math
from dataclasses import dataclass, field
from random import Random

DAYS, WARM_UP = 38, 7  # a week before the month: nobody knows anything yet


@dataclass(slots=True)
class Person:
    """How one works."""

    id: int
    begins: float
    ends: float
    asks_a_day: float
    opens: float
    not_found: float
    is_finance: bool
    is_weekend: bool
    shift_h: float  # works so many hours later than others: night shifts
    first_day: int
    home: str
    site: str
    away: dict[int, float] = field(default_factory=dict)  # day: hours shifted, travelling


@dataclass(slots=True)
class Key:
    """A program: `does` names how it behaves."""

    id: int
    does: str
    networks: list[str]
    every_s: float
    volume: float
    first_day: int
    phase_s: float


def person_of(n: int, people: int, r: Random) -> Person:
    """Somebody, the n-th of so many people."""
    is_night = people >= 60 and r.random() < 0.015
    person = Person(
        id=n,
        begins=r.gauss(8.7, 0.7),
        ends=r.gauss(17.6, 0.8),
        asks_a_day=min(60.0, r.lognormvariate(math.log(5), 0.8)),
        opens=r.uniform(0.4, 1.6),
        not_found=r.betavariate(3, 18),
        is_finance=r.random() < 0.12,
        is_weekend=r.random() < 0.04,
        shift_h=13.0 if is_night else 0.0,
        first_day=WARM_UP + r.randrange(25) if r.random() < 0.04 else 0,
        home=f"100.{64 + n // 250}.{n % 250}.0/24",
        site=f"10.{r.randrange(1 + people // 120)}.0.0/24",
    )
    if people >= 60 and r.random() < 0.006:
        first = WARM_UP + r.randrange(3, 20)
        person.away = {day: r.choice([-6.0, 6.0]) for day in range(first, first + 4)}
    if r.random() < 0.015:
        person.opens, person.asks_a_day = 4.0, 20.0  # a librarian
    return person


def key_of(n: int, r: Random) -> Key:
    """The n-th program."""
    does = ("sync", "search", "nightly", "monitor", "dev", "indexer", "bot", "mobile")[n % 8]
    centre = [f"172.16.{r.randrange(3)}.0/24"]
    if does == "mobile":
        centre = [f"198.51.{r.randrange(250)}.0/24" for _ in range(30)]
    elif does == "dev" or r.random() < 0.25:
        centre.append(f"172.17.{r.randrange(3)}.0/24")
    return Key(
        id=n,
        does=does,
        networks=centre,
        every_s=r.choice([300.0, 600.0, 900.0]),
        volume=r.uniform(0.6, 1.6),
        first_day=WARM_UP + r.randrange(20) if n > 4 and r.random() < 0.15 else 0,
        phase_s=r.uniform(0, 900),
    )
