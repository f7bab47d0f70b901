"""Alerts held against the truth: which tell of an incident, which incidents were told of."""

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from apps.ops.anomalies.events import Event
from apps.ops.anomalies.findings import Finding, again_after_s
from apps.ops.anomalies.kinds import Rule
from benchmarks.anomaly_incidents import Incident

LATE_S = 45 * 60  # told so long after its end at the latest, an incident still counts as found


class Detector(Protocol):
    """Whatever finds something in requests that go by."""

    def step(self, events: Sequence[Event]) -> list[Finding]:
        """Findings, as they are made."""


@dataclass(frozen=True, slots=True)
class Alert:
    """The first finding of a rule about a subject, for a day."""

    rule: Rule
    subject: str
    at: float


@dataclass(frozen=True, slots=True)
class Score:
    """Of one month, or of several together."""

    alerts: int
    true: int
    incidents: int
    found: int

    @property
    def precision(self) -> float:
        """Share of the alerts that told of an incident."""
        return self.true / self.alerts if self.alerts else 0.0

    @property
    def recall(self) -> float:
        """Share of the incidents that were told of, by the rule that is for them."""
        return self.found / self.incidents if self.incidents else 0.0

    def __add__(self, other: "Score") -> "Score":
        return Score(
            self.alerts + other.alerts, self.true + other.true,
            self.incidents + other.incidents, self.found + other.found,
        )  # fmt: skip


NOTHING = Score(0, 0, 0, 0)


def alerts_of(findings: Sequence[Finding]) -> list[Alert]:
    """One for each rule and subject, until it was quiet for long; as anomalies are merged."""
    last: dict[tuple[str, str], float] = {}
    alerts = []
    for finding in findings:
        name = (finding.rule, finding.subject)
        if finding.at - last.get(name, 0) > again_after_s(finding.subject):
            alerts.append(Alert(finding.rule, finding.subject, finding.at))
        last[name] = finding.at
    return alerts


def is_about(alert: Alert, incident: Incident) -> bool:
    """Whether the alert points at the incident: its subject, in its time."""
    same = alert.subject == incident.subject
    if incident.subject == "all:":
        same = alert.subject.startswith("all:") and alert.rule == incident.rule
    return same and incident.begins <= alert.at <= incident.ends + LATE_S


class Run:
    """A detector over a month, held against the truth."""

    def __init__(self, month: str, detector: Detector, events: Sequence[Event]) -> None:
        self.month, self.requests = month, len(events)
        began = time.process_time()
        self.findings = detector.step(events)
        self.seconds = time.process_time() - began
        self.alerts = alerts_of(self.findings)
        self.delays: dict[str, list[float]] = {}
        self.missed: list[Incident] = []
        self.false: list[Alert] = []
        self.counts: Counter[tuple[str, str]] = Counter()

    def judge(self, incidents: Sequence[Incident]) -> Score:
        """Fill `delays` (minutes, by rule), `missed` and `false`."""
        self.false = [a for a in self.alerts if not any(is_about(a, i) for i in incidents)]
        for alert in self.alerts:
            self.counts[alert.rule, "false" if alert in self.false else "true"] += 1
        for incident in incidents:
            self.counts[incident.rule, "incidents"] += 1
            told = [a.at for a in self.alerts if a.rule == incident.rule and is_about(a, incident)]
            if told:
                minutes = (min(told) - incident.begins) / 60
                self.delays.setdefault(incident.rule, []).append(minutes)
                self.counts[incident.rule, "found"] += 1
            else:
                self.missed.append(incident)
        alerts = len(self.alerts)
        found = len(incidents) - len(self.missed)
        return Score(alerts, alerts - len(self.false), len(incidents), found)
