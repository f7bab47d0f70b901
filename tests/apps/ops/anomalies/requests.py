"""Requests as detectors see them, for tests: some days of a person's or a program's work."""

import random
from dataclasses import replace
from itertools import chain

from apps.ops.anomalies.events import Calendar, Event
from apps.ops.anomalies.findings import Finding
from apps.ops.anomalies.watch import Watch

MONDAY = 1_790_553_600.0  # 2026-09-28, midnight UTC
DAY_S, HOUR_S = 86_400.0, 3600.0
USER = Event(id=0, at=0, surface="portal", kind="ask", outcome="answered", user=7, ms=900)
KEY = Event(id=0, at=0, surface="api", kind="search", outcome="done", user=1, key=3, ms=180)


def requests(like: Event, at: float, count: int, every_s: float, **rest: object) -> list[Event]:
    """So many, evenly, from a time since MONDAY on."""
    return [replace(like, at=MONDAY + at + n * every_s, **rest) for n in range(count)]


def opened(like: Event, at: float, count: int, every_s: float) -> list[Event]:
    """Different documents."""
    made = requests(like, at, count, every_s, kind="open", outcome="done")
    return [replace(one, document=f"d{n}") for n, one in enumerate(made)]


def working_days(like: Event, days: int, users: range = range(1)) -> list[Event]:
    """Each asks eight questions a day between nine and five, unevenly, always the same."""
    dice = random.Random(1)
    return [
        replace(like, at=MONDAY + day * DAY_S + dice.uniform(9, 17) * HOUR_S, **_who(like, number))
        for day in range(days)
        for number in users
        for _ in range(8)
    ]


def found(*events: list[Event]) -> list[Finding]:
    """What is found when these go by."""
    return Watch(Calendar("UTC")).step(sorted(chain(*events), key=lambda event: event.at))


def rules(findings: list[Finding]) -> set[tuple[str, str]]:
    """Rule and subject of each."""
    return {(finding.rule, finding.subject) for finding in findings}


def _who(like: Event, number: int) -> dict[str, int]:
    return {"key": like.key + number} if like.key else {"user": (like.user or 0) + number}
