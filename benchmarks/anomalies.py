"""Anomaly detection on simulated months with injected incidents: what is found, how soon, and what
is said for nothing; fixed thresholds, tuned on other months, on the same ones.

    .venv/bin/python -m benchmarks.anomalies [--seeds 201,202,203] [--sizes tiny,small,large]
        [--no-rival] [--verbose] [--json]

Rules were set on months of the seeds 1 and 2; nobody looked at the reported ones before.
"""

import sys
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from statistics import median
from zoneinfo import ZoneInfo

from apps.ops.anomalies.events import Calendar, Event
from apps.ops.anomalies.kinds import Rule
from apps.ops.anomalies.watch import Watch
from benchmarks import report
from benchmarks.anomaly_incidents import EACH, Incident, Incidents
from benchmarks.anomaly_judging import NOTHING, Run, Score
from benchmarks.anomaly_month import Month, Size
from benchmarks.anomaly_rival import FixedThresholds, Limits
from benchmarks.percentiles import percentile

MONDAY = datetime(2026, 9, 28, tzinfo=UTC)
TUNING, REPORTED = 1, "201,202,203"
SIZES = (
    Size("tiny", 14, 4, "Europe/Berlin", MONDAY),  # its clocks go back in this month
    Size("small", 80, 9, "Asia/Shanghai", MONDAY),
    Size("large", 400, 24, "America/New_York", MONDAY),  # and these in the next one
)
SCALES = (0.7, 1.0, 1.5, 2.0, 3.0)  # of the fixed thresholds, the best one is taken
GOALS: dict[str, report.Goal] = {"precision": (">=", 0.9), "recall": (">=", 0.9)}


def main() -> int:
    """Run the months; returns the exit code."""
    parser = report.arguments(__doc__ or "")
    parser.add_argument("--seeds", default=REPORTED)
    parser.add_argument("--sizes", default=",".join(size.name for size in SIZES))
    parser.add_argument("--no-rival", action="store_true")
    parser.add_argument("--verbose", action="store_true", help="what was missed or false")
    chosen, machine = parser.parse_args(), report.machine()
    limits = None if chosen.no_rival else tuned_rival()
    ours: list[tuple[Run, Score]] = []
    rival: list[tuple[Run, Score]] = []
    for size in (size for size in SIZES if size.name in chosen.sizes.split(",")):
        for seed in chosen.seeds.split(","):
            name, (events, incidents) = f"{size.name}-{seed}", month_of(size, int(seed))
            calendar = Calendar(size.zone)
            run = Run(name, Watch(calendar), events)
            ours.append((run, run.judge(incidents)))
            tell(run, ours[-1][1], size, is_verbose=chosen.verbose)
            if limits:
                run = Run(f"{name}, fixed", FixedThresholds(calendar, limits), events)
                rival.append((run, run.judge(incidents)))
                tell(run, rival[-1][1], size, is_verbose=False)
    found = figures(ours) | {f"fixed_{name}": value for name, value in figures(rival).items()}
    if limits:
        found["fixed_scale"] = limits.scale
    return report.finish(report.Report("anomalies", found, GOALS, machine), as_json=chosen.json)


def month_of(size: Size, seed: int) -> tuple[list[Event], list[Incident]]:
    """The requests of a month, and the incidents among them."""
    month = Month(size, seed)
    month.fill()
    incidents = Incidents(month, EACH[size.name]).add_all()
    return month.ordered(), incidents


def tuned_rival() -> Limits:
    """The fixed thresholds with the best F1 on other months than the reported ones."""
    months = [(size, *month_of(size, TUNING)) for size in SIZES[:2]]

    def f1(scale: float) -> float:
        total = NOTHING
        for size, events, incidents in months:
            rival = FixedThresholds(Calendar(size.zone), Limits(scale=scale))
            total += Run(size.name, rival, events).judge(incidents)
        return 2 * total.precision * total.recall / max(1e-9, total.precision + total.recall)

    return Limits(scale=max(SCALES, key=f1))


def figures(runs: Sequence[tuple[Run, Score]]) -> dict[str, float]:
    """Of all months together, of each size, and of each rule; delays in minutes."""
    if not runs:
        return {}
    total = sum((score for _run, score in runs), start=NOTHING)
    delays = [minutes for run, _score in runs for some in run.delays.values() for minutes in some]
    requests = sum(run.requests for run, _score in runs)
    found: dict[str, float] = {
        "months": len(runs), "requests": requests, "incidents": total.incidents,
        "found": total.found, "alerts": total.alerts, "false_alerts": total.alerts - total.true,
        "precision": round(total.precision, 3), "recall": round(total.recall, 3),
        "false_a_week": round((total.alerts - total.true) / (len(runs) * 38 / 7), 2),
        "delay_p50_min": round(median(delays), 1),
        "delay_p90_min": round(percentile(delays, 0.9), 1),
        "us_a_request": round(1e6 * sum(run.seconds for run, _score in runs) / requests, 1),
    }  # fmt: skip
    for size in SIZES:
        some = [score for run, score in runs if run.month.startswith(size.name)]
        score = sum(some, start=NOTHING)
        if some:
            found[f"{size.name}_precision"] = round(score.precision, 3)
            found[f"{size.name}_recall"] = round(score.recall, 3)
    for rule in Rule:
        found |= {f"{rule}_{name}": value for name, value in of_rule(rule, runs).items()}
    return found


def of_rule(rule: Rule, runs: Sequence[tuple[Run, Score]]) -> dict[str, float]:
    """What became of its incidents, what it said for nothing."""
    counts = Counter[str]()
    delays: list[float] = []
    for run, _score in runs:
        for what in ("incidents", "found", "false"):
            counts[what] += run.counts[rule, what]
        delays += run.delays.get(rule, [])
    told = {what: float(counts[what]) for what in ("incidents", "found", "false")}
    if delays:
        told["delay_p50_min"] = round(median(delays), 1)
        told["delay_p90_min"] = round(percentile(delays, 0.9), 1)
    return told


def tell(run: Run, score: Score, size: Size, *, is_verbose: bool) -> None:
    """How a month went; for who tunes, what went wrong."""
    report.say(
        f"{run.month}: {run.requests} requests, precision {score.precision:.3f},"
        f" recall {score.recall:.3f}"
    )
    if not is_verbose:
        return
    zone = ZoneInfo(size.zone)
    for one in run.missed:
        report.say(f"  missed {one.rule} {one.subject} {datetime.fromtimestamp(one.begins, zone)}"
                   f" {one.how} {(one.ends - one.begins) / 60:.0f} min")  # fmt: skip
    known = {(f.rule, f.subject, f.at): f.figures for f in reversed(run.findings)}
    for alert in run.false:
        told = known.get((alert.rule, alert.subject, alert.at))
        report.say(f"  false {alert.rule} {alert.subject}"
                   f" {datetime.fromtimestamp(alert.at, zone)} {told}")  # fmt: skip


if __name__ == "__main__":
    sys.exit(main())
