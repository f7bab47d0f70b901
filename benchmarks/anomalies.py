"""Anomaly detection on simulated months with injected incidents: what is found, how soon, and what
is said for nothing; fixed thresholds, tuned on other months, on the same ones.

    .venv/bin/python -m benchmarks.anomalies [--seeds 101,102] [--tuning] [--verbose] [--json FILE]

Rules were set on the months of TUNING only; the reported ones are of other seeds.
"""

import argparse
import json
import os
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from statistics import median
from typing import Protocol

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "clawdbot_site.settings")

import django

django.setup()

from apps.ops.anomalies.events import Calendar, Event  # noqa: E402
from apps.ops.anomalies.findings import Finding, again_after_s  # noqa: E402
from apps.ops.anomalies.kinds import Rule  # noqa: E402
from apps.ops.anomalies.watch import Watch  # noqa: E402
from benchmarks.anomaly_incidents import EACH, Incident, Incidents  # noqa: E402
from benchmarks.anomaly_month import DAYS, WARM_UP, Month, Size  # noqa: E402
from benchmarks.anomaly_rival import FixedThresholds, Limits  # noqa: E402
from benchmarks.percentiles import percentile  # noqa: E402

MONDAY = datetime(2026, 9, 28, tzinfo=UTC)
TUNING, REPORTED = (1, 2, 3), (101, 102, 103)
SIZES = (
    Size("tiny", 14, 4, "Europe/Berlin", MONDAY),
    Size("small", 80, 9, "Asia/Shanghai", MONDAY),
    Size("large", 400, 24, "America/New_York", MONDAY),
)
LATE_S = 45 * 60  # told so long after its end at the latest, an incident still counts as found
RULES = "rules and robust statistics"


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
        self.month = month
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


def month_of(size: Size, seed: int) -> tuple[list[Event], list[Incident]]:
    """The requests of a month, and the incidents among them."""
    month = Month(size, seed)
    month.fill()
    incidents = Incidents(month, EACH[size.name]).add_all()
    return month.ordered(), incidents


def tell(run: Run, size: Size) -> None:
    """What went wrong, for who tunes."""
    calendar = datetime.fromtimestamp
    from zoneinfo import ZoneInfo

    zone = ZoneInfo(size.zone)
    for one in run.missed:
        print("  missed", one.rule, one.subject, calendar(one.begins, zone), one.how,
              f"{(one.ends - one.begins) / 60:.0f} min")  # fmt: skip
    figures = {(f.rule, f.subject, f.at): f.figures for f in reversed(run.findings)}
    for alert in run.false:
        print("  false", alert.rule, alert.subject, calendar(alert.at, zone),
              figures.get((alert.rule, alert.subject, alert.at)))  # fmt: skip


def by_rule(runs: Sequence[Run]) -> dict[str, dict[str, float | None]]:
    """The table."""
    table: dict[str, dict[str, float | None]] = {}
    for rule in Rule:
        total = Counter[str]()
        delays: list[float] = []
        for run in runs:
            for what in ("incidents", "found", "true", "false"):
                total[what] += run.counts[rule, what]
            delays += run.delays.get(rule, [])
        table[str(rule)] = dict(total) | {
            "delay_p50_min": round(median(delays), 1) if delays else None,
            "delay_p90_min": round(percentile(delays, 0.9), 1) if delays else None,
        }
    return table


def tuned_rival(seeds: Sequence[int]) -> Limits:
    """The scale of fixed thresholds with the best F1 on other months than the reported ones."""
    best, chosen = -1.0, Limits()
    months = [(size, *month_of(size, seeds[0])) for size in SIZES]
    for scale in (0.7, 1.0, 1.5, 2.0, 3.0):
        total = NOTHING
        for size, events, incidents in months:
            rival = FixedThresholds(Calendar(size.zone), Limits(scale=scale))
            total += Run(size.name, rival, events).judge(incidents)
        f1 = 2 * total.precision * total.recall / max(1e-9, total.precision + total.recall)
        if f1 > best:
            best, chosen = f1, Limits(scale=scale)
    return chosen


def main() -> None:
    """Run the months, print what came out."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--seeds", default="")
    arguments.add_argument("--sizes", default=",".join(size.name for size in SIZES))
    arguments.add_argument("--tuning", action="store_true", help="the months that rules are set on")
    arguments.add_argument("--no-rival", action="store_true")
    arguments.add_argument("--verbose", action="store_true")
    arguments.add_argument("--json", default="")
    chosen = arguments.parse_args()
    seeds = [int(one) for one in chosen.seeds.split(",") if one]
    seeds = seeds or list(TUNING if chosen.tuning else REPORTED)
    limits = None if chosen.no_rival else tuned_rival(TUNING)
    runs: dict[str, list[Run]] = {RULES: [], "fixed thresholds": []}
    totals = dict.fromkeys(runs, NOTHING)
    months = []
    for size in (size for size in SIZES if size.name in chosen.sizes.split(",")):
        for seed in seeds:
            events, incidents = month_of(size, seed)
            calendar = Calendar(size.zone)
            detectors: dict[str, Detector] = {RULES: Watch(calendar)}
            if limits:
                detectors["fixed thresholds"] = FixedThresholds(calendar, limits)
            for name, detector in detectors.items():
                run = Run(f"{size.name}-{seed}", detector, events)
                score = run.judge(incidents)
                runs[name].append(run)
                totals[name] += score
                months.append({
                    "month": run.month, "detector": name, "requests": len(events),
                    "people": size.people, "keys": size.keys, **asdict(score),
                    "precision": round(score.precision, 3), "recall": round(score.recall, 3),
                    "us_per_request": round(1e6 * run.seconds / len(events), 1),
                })  # fmt: skip
                print(json.dumps(months[-1]), flush=True)
                if chosen.verbose and name == RULES:
                    tell(run, size)
    result = {
        "days": DAYS, "warm_up_days": WARM_UP, "seeds": seeds,
        "months": months, "rules": by_rule(runs[RULES]),
        "rival": by_rule(runs["fixed thresholds"]) if limits else None,
        "rival_scale": limits.scale if limits else None,
        "total": {
            name: asdict(total)
            | {"precision": round(total.precision, 3), "recall": round(total.recall, 3)}
            for name, total in totals.items() if total != NOTHING
        },
    }  # fmt: skip
    print(json.dumps({"rules": result["rules"], "total": result["total"]}, indent=1))
    if chosen.json:
        with open(chosen.json, "w", encoding="utf-8") as file:
            json.dump(result, file, indent=1)


if __name__ == "__main__":
    main()
