"""What most people would write first: the same limits for everybody."""

from collections import defaultdict, deque
from collections.abc import Iterable
from dataclasses import dataclass

from apps.ops.anomalies.events import Calendar, Event
from apps.ops.anomalies.findings import Finding
from apps.ops.anomalies.kinds import Rule, Severity

HOUR_S = 3600


@dataclass(frozen=True, slots=True)
class Limits:
    """Fixed thresholds; `scale` makes all of them stricter or laxer."""

    scale: float = 1.0
    documents_an_hour: float = 50
    requests_an_hour: float = 100
    errors: float = 0.10
    refusals: float = 0.10
    not_found: float = 0.35
    slow_ms: float = 2000
    denied_an_hour: float = 10
    attempts_a_day: float = 3
    night: tuple[int, int] = (22, 6)
    night_requests: float = 6


class FixedThresholds:
    """Counts in sliding hours, judged at each request."""

    def __init__(self, calendar: Calendar, limits: Limits) -> None:
        self._calendar, self._limits = calendar, limits
        self._recent: dict[str, deque[Event]] = defaultdict(deque)
        self._all: deque[Event] = deque()
        self._networks: dict[str, set[str]] = defaultdict(set)
        self._slow: deque[float] = deque(maxlen=50)

    def step(self, events: Iterable[Event]) -> list[Finding]:
        """Findings of these requests, ordered by time."""
        found: list[Finding] = []
        for event in events:
            found += self._everybody(event)
            if event.caller:
                found += self._caller(event)
        return found

    def _everybody(self, event: Event) -> list[Finding]:
        self._all.append(event)
        while self._all[0].at < event.at - 600:
            self._all.popleft()
        if event.kind == "ask" and event.outcome in ("answered", "not_found"):
            self._slow.append(event.ms)
        if event.id % 10 or len(self._all) < 20:
            return []
        found, limits = [], self._limits
        for rule, outcome, most in (
            (Rule.ERROR_SPIKE, "failed", limits.errors),
            (Rule.REFUSAL_SPIKE, "refused", limits.refusals),
            (Rule.NOT_FOUND_SPIKE, "not_found", limits.not_found),
        ):
            if sum(e.outcome == outcome for e in self._all) / len(self._all) > most * limits.scale:
                found.append(Finding(rule, Severity.MEDIUM, "all:", event.at, {}))
        if len(self._slow) == 50 and sum(self._slow) / 50 > limits.slow_ms * limits.scale:
            found.append(Finding(Rule.LATENCY_SHIFT, Severity.MEDIUM, "all:ask", event.at, {}))
        return found

    def _caller(self, event: Event) -> list[Finding]:
        limits, who = self._limits, event.caller
        recent = self._recent[who]
        recent.append(event)
        while recent[0].at < event.at - HOUR_S:
            recent.popleft()
        rules = [
            (Rule.SCRAPING, len(recent), limits.requests_an_hour),
            (Rule.DENIALS, sum(e.outcome == "denied" for e in recent), limits.denied_an_hour),
            (Rule.INJECTION, sum(e.is_injection for e in recent), limits.attempts_a_day),
        ]
        if event.kind == "open":
            opened = len({e.document for e in recent if e.kind == "open"})
            rules.append((Rule.BULK_ENUMERATION, opened, limits.documents_an_hour))
        hour = self._calendar.hour_of_week(event.at) % 24
        if hour >= limits.night[0] or hour < limits.night[1]:
            rules.append((Rule.UNUSUAL_HOURS, len(recent), limits.night_requests))
        found = [
            Finding(rule, Severity.MEDIUM, who, event.at, {})
            for rule, seen, most in rules
            if seen > most * limits.scale
        ]
        known = self._networks[who]
        if event.key and event.network not in known and known:
            found.append(Finding(Rule.KEY_NETWORK, Severity.MEDIUM, who, event.at, {}))
        known.add(event.network)
        return found
