"""Incidents put into a simulated month, and who they are about: what alerts are held against."""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

from apps.ops.anomalies.kinds import Rule
from benchmarks.anomaly_cast import DAYS, WARM_UP
from benchmarks.anomaly_month import Month

SITE = "10.0.0.0/24"
EACH = {"tiny": 1, "small": 2, "large": 4}


@dataclass(frozen=True, slots=True)
class Incident:
    """Something that somebody should be told. Times: seconds since 1970."""

    rule: Rule
    subject: str  # user:7, key:3, net:..., all:
    begins: float
    ends: float
    how: str


class Incidents:
    """Puts incidents into a month, each subject in one at most, one of everybody's a day."""

    def __init__(self, month: Month, each: int) -> None:
        self.month, self.random, self.each = month, month.random, each
        self.made: list[Incident] = []
        days = [d for d in range(WARM_UP + 1, DAYS - 1) if month.is_working_day(d)]
        self.random.shuffle(days)
        self._days = days
        self._people = [p for p in month.people if p.first_day < WARM_UP and not p.away]
        self.random.shuffle(self._people)
        self._keys = {key.does: key for key in reversed(month.keys) if key.first_day == 0}
        self._spare = [key for key in month.keys if key.first_day == 0]
        self.random.shuffle(self._spare)
        self._n = 0

    def add_all(self) -> list[Incident]:
        """Some of each kind."""
        kinds: list[Callable[[int], None]] = [
            self._enumeration, self._slow_enumeration, self._scraping, self._errors, self._refusals,
            self._not_found, self._slow, self._stolen, self._denials, self._injection, self._night,
        ]  # fmt: skip
        for n in range(self.each):
            for make in kinds:
                make(n)
        return self.made

    def _day(self) -> int:
        self._n += 1
        return self._days[self._n % len(self._days)]

    def _person(self) -> int:
        return self._people.pop().id if self._people else 0

    def _key(self, *does: str) -> int:
        for key in self._spare:
            if key.does in does:
                self._spare.remove(key)
                return key.id
        return 0

    def _made(self, rule: Rule, subject: str, begins: float, ends: float, how: str) -> None:
        self.made.append(Incident(rule, subject, begins, ends, how))

    def _repeat(
        self, begins: float, count: int, gap_s: float, spread: float, emit: Callable[[float], None]
    ) -> float:
        """Call `emit` at so many moments. Returns the last."""
        at = begins
        for _ in range(count):
            emit(at)
            at += max(0.2, self.random.gauss(gap_s, gap_s * spread))
        return at

    def _enumeration(self, n: int) -> None:
        """Everything is opened, one document after the other."""
        r, day, key = self.random, self._day(), self._key("dev", "search") if n % 2 else 0
        begins, count = self.month.at(day, r.uniform(9, 18)), r.randrange(90, 500)
        who = {"key": key, "user": 900_000 + key} if key else {"user": self._person()}
        who["network"] = self._network(key, who["user"])
        ends = self._repeat(begins, count * (2 if key else 1), r.uniform(3, 14), 0.9, lambda at: (
            self.month.emit(at, "open", document=f"e{r.randrange(3000)}", **who)))  # fmt: skip
        subject = f"key:{key}" if key else f"user:{who['user']}"
        self._made(Rule.BULK_ENUMERATION, subject, begins, ends, "fast")

    def _slow_enumeration(self, n: int) -> None:
        """The same through a day, with pauses."""
        r, day, user = self.random, self._day(), self._person()
        if not user or n % 2:
            return
        begins = self.month.at(day, 8.5)
        who = {"user": user, "network": SITE}
        ends = self._repeat(begins, r.randrange(180, 320), 110, 1.0, lambda at: (
            self.month.emit(at, "open", document=f"s{r.randrange(3000)}", **who)))  # fmt: skip
        self._made(Rule.BULK_ENUMERATION, f"user:{user}", begins, ends, "slow")

    def _scraping(self, n: int) -> None:
        """Questions by a timer; a key that does many times what it does."""
        r, day = self.random, self._day()
        begins = self.month.at(day, r.uniform(8, 19))
        key = self._key("dev", "bot", "search") if n % 2 else 0
        if key:
            count = int(r.uniform(6, 15) * max(150, self.month.size.people * 0.6))
            who = {"key": key, "user": 900_000 + key, "network": self._network(key, 0)}
            ends = self._repeat(begins, count, 3600 / count * 1.2, 0.5, lambda at: (
                self.month.emit(at, "search", **who)))  # fmt: skip
            self._made(Rule.SCRAPING, f"key:{key}", begins, ends, "volume")
        elif user := self._person():
            gap = r.choice([4, 12, 30, 60])
            ends = self._repeat(begins, r.randrange(60, 240), gap, 0.12, lambda at: self.month.emit(
                at, "ask", user=user, network=SITE))  # fmt: skip
            self._made(Rule.SCRAPING, f"user:{user}", begins, ends, "timer")

    def _spoil(
        self, begins: float, ends: float, share: float, outcome: str, was: tuple[str, ...] = ()
    ) -> None:
        """A share of what went on in this time had this outcome instead."""
        self.month.events = [
            replace(e, outcome=outcome)
            if begins <= e.at < ends
            and (not was or e.outcome in was)
            and e.outcome != "denied"
            and self.random.random() < share
            else e
            for e in self.month.events
        ]

    def _busy_time(self, minutes: tuple[float, float]) -> tuple[float, float]:
        begins = self.month.at(self._day(), self.random.choice([9.2, 10.1, 13.7, 14.4, 15.2]))
        return begins, begins + 60 * self.random.uniform(*minutes)

    def _errors(self, n: int) -> None:
        """A part fails for everybody."""
        few = self.month.size.people < 30
        begins, ends = self._busy_time((60, 180) if few else (20, 90))
        share = self.random.uniform(0.4, 0.9) if few else self.random.uniform(0.18, 0.7)
        self._spoil(begins, ends, share, "failed")
        self._made(Rule.ERROR_SPIKE, "all:", begins, ends, f"{share:.2f}")

    def _refusals(self, n: int) -> None:
        """Too much at once: many are sent away. Or one key over its limit."""
        if n % 2 and (key := self._key("bot", "search", "monitor")):
            begins = self.month.at(self._day(), 10)
            ends = begins + 3600 * self.random.uniform(2, 6)
            self.month.events = [
                replace(e, outcome="refused")
                if e.key == key and begins <= e.at < ends and self.random.random() < 0.6
                else e
                for e in self.month.events
            ]
            self._made(Rule.REFUSAL_SPIKE, f"key:{key}", begins, ends, "key")
            return
        few = self.month.size.people < 30
        begins, ends = self._busy_time((90, 200) if few else (30, 120))
        self._spoil(begins, ends, self.random.uniform(0.4, 0.7) if few else 0.3, "refused")
        self._made(Rule.REFUSAL_SPIKE, "all:", begins, ends, "everybody")

    def _not_found(self, n: int) -> None:
        """Half of the index is gone."""
        few = self.month.size.people < 30
        begins, ends = self._busy_time((240, 360) if few else (90, 240))
        self._spoil(begins, ends, self.random.uniform(0.5, 0.8), "not_found", ("answered",))
        self._made(Rule.NOT_FOUND_SPIKE, "all:", begins, ends, "index")

    def _slow(self, n: int) -> None:
        """Answers take longer for hours."""
        few = self.month.size.people < 30
        begins, ends = self._busy_time((240, 420) if few else (100, 300))
        factor = self.random.uniform(2.2, 4) if few else self.random.uniform(1.7, 4)
        self.month.events = [
            replace(e, ms=e.ms * factor) if begins <= e.at < ends else e for e in self.month.events
        ]
        self._made(Rule.LATENCY_SHIFT, "all:", begins, ends, f"x{factor:.1f}")

    def _stolen(self, n: int) -> None:
        """A key is used from outside."""
        key = self._key("sync", "search", "nightly", "indexer", "bot", "monitor")
        if not key:
            return
        r, day = self.random, self._day()
        begins = self.month.at(day, r.uniform(0, 23))
        who = {"key": key, "user": 900_000 + key, "network": "45.83.12.0/24"}
        ends = self._repeat(begins, r.randrange(5, 60), r.uniform(5, 120), 0.8, lambda at: (
            self.month.emit(at, "search", **who)))  # fmt: skip
        self._made(Rule.KEY_NETWORK, f"key:{key}", begins, ends, "outside")

    def _denials(self, n: int) -> None:
        """Documents are tried that one may not read; or keys are guessed."""
        r, day = self.random, self._day()
        begins = self.month.at(day, r.uniform(8, 20))
        if n % 3 == 2:
            net = f"185.{r.randrange(250)}.7.0/24"
            ends = self._repeat(begins, r.randrange(40, 200), 8, 0.5, lambda at: self.month.emit(
                at, "search", network=net, outcome="denied"))  # fmt: skip
            self._made(Rule.DENIALS, f"net:{net}", begins, ends, "keys guessed")
        elif user := self._person():
            ends = self._repeat(begins, r.randrange(14, 60), r.uniform(10, 60), 0.8, lambda at: (
                self.month.emit(at, "open", user=user, network=SITE, outcome="denied",
                                document=f"x{r.randrange(999)}")))  # fmt: skip
            self._made(Rule.DENIALS, f"user:{user}", begins, ends, "documents tried")

    def _injection(self, n: int) -> None:
        """Again and again somebody tries; the detector misses every sixth attempt."""
        if not (user := self._person()):
            return
        r, day = self.random, self._day()
        begins = self.month.at(day, r.uniform(8, 20))
        ends = self._repeat(begins, r.randrange(5, 25), r.uniform(20, 200), 0.8, lambda at: (
            self.month.emit(at, "ask", user=user, network=SITE,
                            is_injection=r.random() < 5 / 6)))  # fmt: skip
        self._made(Rule.INJECTION, f"user:{user}", begins, ends, "")

    def _night(self, n: int) -> None:
        """An account is active at night."""
        usual = [p for p in self._people if not p.shift_h and p.asks_a_day > 2.5]
        if not usual:
            return
        person = usual[0]
        self._people.remove(person)
        r, day = self.random, self._day()
        begins = self.month.at(day, r.uniform(25.3, 28.0))
        at = begins
        for _ in range(r.randrange(10, 40)):
            self.month.emit(at, "ask", user=person.id, network=person.home)
            at += r.lognormvariate(math.log(50), 0.8)
        self._made(Rule.UNUSUAL_HOURS, f"user:{person.id}", begins, at, "")

    def _network(self, key: int, user: int) -> str:
        if key:
            return self.month.keys[key - 1].networks[0]
        return self.month.people[user - 1].site if user else SITE
