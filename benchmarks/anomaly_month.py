"""A simulated month of a company's requests: people, programs, and what happens in any month.

Nothing in it is an incident (anomaly_incidents.py adds those), but much of it looks like one: month
ends, a holiday, a release night, a training day, a new integration, a network that fails over,
colleagues who travel, start, or read more than others.
"""

import math
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from apps.ops.anomalies.events import Event
from benchmarks.anomaly_cast import DAYS, WARM_UP, Key, Person, key_of, person_of

CURVE = [0, 0, 0, 0, 0, 0, 0.05, 0.3, 0.8, 1.0, 1.0, 0.9, 0.5, 0.7, 1.0, 0.95, 0.8, 0.5, 0.2]
BASE_MS = {"ask": 900.0, "search": 180.0, "open": 40.0}
ASK_GAP_S, OPEN_GAP_S = (45.0, 0.9), (14.0, 0.8)  # median and spread of lognormal gaps


@dataclass(frozen=True, slots=True)
class Size:
    """A company to be simulated."""

    name: str
    people: int
    keys: int
    zone: str
    begins: datetime  # a Monday, local


class Month:
    """All of it, from a seed. `events`: unordered, without ids, until `ordered`."""

    def __init__(self, size: Size, seed: int) -> None:
        self.size, self.random = size, random.Random(f"{size.name}-{seed}")
        self.zone = ZoneInfo(size.zone)
        self.people = [person_of(n + 1, size.people, self.random) for n in range(size.people)]
        self.keys = [key_of(n + 1, self.random) for n in range(size.keys)]
        self.holiday = WARM_UP + self.random.choice([8, 9, 10, 15, 16])
        self.release_night = WARM_UP + self.random.choice([11, 17, 18])
        self.training = WARM_UP + self.random.choice([3, 4, 22])
        self.announcement = WARM_UP + self.random.choice([2, 12, 19])
        self.failover = WARM_UP + self.random.choice([5, 13, 20])
        self.bulletin = WARM_UP + self.random.choice([1, 14, 23])
        self.events: list[Event] = []

    def at(self, day: int, hour: float) -> float:
        """Seconds since 1970 of a local time."""
        midnight = self.size.begins + timedelta(days=day)
        return (midnight.replace(tzinfo=self.zone) + timedelta(hours=hour)).timestamp()

    def is_working_day(self, day: int) -> bool:
        """Neither weekend nor holiday."""
        return day % 7 < 5 and day != self.holiday

    def is_month_end(self, day: int) -> bool:
        """The last two working days of a month, and the first of the next."""
        date = self.size.begins + timedelta(days=day)
        return (date + timedelta(days=3)).month != date.month or date.day == 1

    def fill(self) -> None:
        """Make all that is usual."""
        for day in range(DAYS):
            for person in self.people:
                self._day_of(person, day)
            for key in self.keys:
                self._day_of_key(key, day)
        self._blips()

    def ordered(self) -> list[Event]:
        """The events by time, numbered."""
        events = sorted(self.events, key=lambda event: event.at)
        return [
            Event(n, e.at, e.surface, e.kind, e.outcome, e.user, e.key, e.network, e.ms,
                  e.document, e.is_injection)
            for n, e in enumerate(events, start=1)
        ]  # fmt: skip

    def emit(self, at: float, kind: str, **rest: object) -> None:
        """One request, with an outcome and a time as usual where none are given."""
        rest.setdefault("ms", self._ms(at, kind))
        rest.setdefault("surface", "api" if rest.get("key") else "portal")
        rest.setdefault("outcome", self._outcome(at, kind, float(rest.pop("not_found", 0.14))))
        rest.pop("not_found", None)
        self.events.append(Event(id=0, at=at, kind=kind, **rest))  # type: ignore[arg-type]

    def document(self, whose: int = 0) -> str:
        """Some document, the popular ones more often; each has a corner of their own."""
        n = int(self.random.paretovariate(0.7)) % 4000
        return f"d{(n + whose * 37) % 4000 if self.random.random() < 0.6 else n:04d}"

    def _ms(self, at: float, kind: str) -> float:
        local = datetime.fromtimestamp(at, self.zone)
        busy = CURVE[local.hour] if local.hour < len(CURVE) and local.weekday() < 5 else 0.0
        backup = 1.5 if local.hour == 1 else 1.0
        base = BASE_MS.get(kind, 100.0) * (1 + 0.5 * busy) * backup
        return self.random.lognormvariate(math.log(base), 0.45)

    def _outcome(self, at: float, kind: str, not_found: float) -> str:
        local, dice = datetime.fromtimestamp(at, self.zone), self.random.random()
        refused = 0.012 if local.weekday() == 0 and local.hour == 9 else 0.002
        if dice < 0.004:
            return "failed"
        if dice < 0.004 + refused:
            return "refused"
        if kind == "open":
            return "denied" if self.random.random() < 0.004 else "done"
        if kind == "search":
            return "done"
        return "not_found" if self.random.random() < not_found else "answered"

    def _day_of(self, person: Person, day: int) -> None:
        r = self.random
        works = self.is_working_day(day) or (person.is_weekend and r.random() < 0.6)
        if day == self.holiday:
            works = r.random() < 0.04
        if day < person.first_day or not works or r.random() < 0.09:
            self._now_and_then(person, day)
            return
        begins, ends, factor = person.begins, person.ends, r.lognormvariate(0, 0.35)
        if person.is_finance and self.is_month_end(day):
            ends, factor = 21.0 + r.random(), factor * 2.5
        elif r.random() < 0.07:
            ends = r.uniform(18.5, 21.5)
        begins, ends = begins + r.gauss(0, 0.4), max(ends, begins + 3)
        shift = person.shift_h + person.away.get(day, 0.0)
        network = person.home if r.random() < 0.3 else person.site
        if day == self.announcement:
            factor *= 1.8
        asks = self._poisson(person.asks_a_day * factor)
        while asks > 0:
            hour, some = self._session(begins, ends, asks)
            self._burst(person, self.at(day, hour + shift), some, network)
            asks -= some
        if day == self.training and person.id % 5 == 0:
            self._burst(person, self.at(day, 14 + 0.3 * r.random()), 24, network)
        if day == self.release_night and person.id % 6 == 1:
            for hour in (21, 22, 23, 24, 25):
                self._burst(
                    person, self.at(day, hour + r.random() / 2), 1 + r.randrange(6), network
                )
        if day == self.bulletin and r.random() < 0.3:
            at = self.at(day, r.uniform(begins, ends))
            self.emit(at, "open", user=person.id, network=network, outcome="denied",
                      document="d9999")  # fmt: skip

    def _now_and_then(self, person: Person, day: int) -> None:
        """A question on a free day, by day or in the evening."""
        r = self.random
        if day >= person.first_day and r.random() < 0.03:
            self._burst(person, self.at(day, r.uniform(9, 21.5)), 1 + r.randrange(5), person.home)

    def _session(self, begins: float, ends: float, most: int) -> tuple[float, int]:
        """When one begins, and how much is asked in it."""
        r = self.random
        hour = r.uniform(begins, ends)
        if 12 < hour < 13 and r.random() < 0.6:
            hour += 1
        asks = min(most, 1 + self._poisson(2.0))
        if r.random() < 0.01:
            asks = min(30, most + 15)  # somebody prepares a report
        return hour, asks

    def _burst(self, person: Person, at: float, asks: int, network: str) -> None:
        r, who = self.random, {"user": person.id, "network": network}
        for _ in range(asks):
            self.emit(at, "ask" if r.random() < 0.8 else "search", not_found=person.not_found,
                      is_injection=r.random() < 1 / 8000, **who)  # fmt: skip
            for _ in range(self._poisson(person.opens)):
                at += r.lognormvariate(math.log(OPEN_GAP_S[0]), OPEN_GAP_S[1])
                self.emit(at, "open", document=self.document(person.id), **who)
            at += r.lognormvariate(math.log(ASK_GAP_S[0]), ASK_GAP_S[1])

    def _day_of_key(self, key: Key, day: int) -> None:
        if day < key.first_day:
            return
        for at, kind in self._calls(key, day):
            network = self.random.choice(key.networks[:2] if key.does != "mobile" else key.networks)
            local = (at - self.at(day, 0)) / 3600
            if day == self.failover and 9 < local < 15 and key.does != "mobile":
                network = "203.0.113.0/24"
            document = self.document(key.id) if kind == "open" else ""
            self.emit(at, kind, key=key.id, user=900_000 + key.id, network=network,
                      document=document, not_found=0.16,
                      is_injection=kind == "ask" and self.random.random() < 1 / 8000)  # fmt: skip
        if day == self.failover:
            for person in self.people[:: max(1, len(self.people) // 12)]:
                self._burst(person, self.at(day, 9.02 + self.random.random()), 1, "203.0.113.0/24")

    def _calls(self, key: Key, day: int) -> Iterator[tuple[float, str]]:
        r, begin = self.random, self.at(day, 0)
        grown = 1.7 if day > WARM_UP + 14 and key.id % 3 == 0 else 1.0  # used more from then on
        if key.does in ("sync", "monitor"):
            every_s = 60.0 if key.does == "monitor" else key.every_s
            for n in range(int(86_400 / every_s)):
                at = begin + n * every_s + key.phase_s % every_s + r.gauss(0, 0.5)
                yield at, "search" if key.does == "monitor" else "open"
        elif key.does in ("search", "bot", "mobile"):
            asks = self.size.people * 2.5 * key.volume * grown
            asks *= 1.0 if self.is_working_day(day) else 0.06
            for _ in range(self._poisson(asks)):
                hour = r.choices(range(len(CURVE)), CURVE)[0]
                yield self.at(day, hour + r.random()), "search" if key.does == "search" else "ask"
        elif key.does in ("nightly", "indexer"):
            at = self.at(day, 1.5) + r.gauss(0, 120)
            for _ in range(self._poisson(260 * key.volume * grown)):
                at += r.expovariate(1 / 8)
                yield at, "search" if key.does == "nightly" else "open"
        elif r.random() < (0.7 if self.is_working_day(day) else 0.15):  # a developer tries things
            for _ in range(1 + r.randrange(4)):
                at = self.at(day, min(23.0, max(8.5, r.gauss(15, 3))))
                for _ in range(self._poisson(12)):
                    at += r.lognormvariate(math.log(20), 1.2)
                    yield at, r.choice(["ask", "search", "search"])

    def _blips(self) -> None:
        """Processes are restarted in the evening: whoever asks in those seconds fails."""
        for day in (WARM_UP + 6, WARM_UP + 16, WARM_UP + 27):
            begin = self.at(day, 19.5)
            self.events = [
                Event(0, e.at, e.surface, e.kind, "failed", e.user, e.key, e.network, e.ms)
                if begin < e.at < begin + 25 else e for e in self.events
            ]  # fmt: skip

    def _poisson(self, mean: float) -> int:
        if mean > 50:
            return max(0, round(self.random.gauss(mean, math.sqrt(mean))))
        limit, n, product = math.exp(-mean), 0, self.random.random()
        while product > limit:
            n, product = n + 1, product * self.random.random()
        return n
