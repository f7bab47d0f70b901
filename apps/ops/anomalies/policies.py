"""What is done about anomalies of a rule: what an administrator chose, else the usual."""

from dataclasses import dataclass

from apps.ops.anomalies.kinds import Measure, Rule, Severity
from apps.ops.models import AnomalyPolicy


@dataclass(frozen=True, slots=True)
class Policy:
    """As AnomalyPolicy."""

    is_on: bool = True
    tell_from: Severity = Severity.MEDIUM
    measure: Measure = Measure.NONE
    measure_from: Severity = Severity.HIGH
    measure_minutes: int = 60
    requests_per_minute: int = 6


def policies() -> dict[Rule, Policy]:
    """Of all rules. One query."""
    chosen = {row.rule: row for row in AnomalyPolicy.objects.all()}
    return {rule: _policy(chosen.get(rule)) for rule in Rule}


def policies_ensure() -> None:
    """A row for each rule, for the page that shows them. Safe to repeat."""
    there = set(AnomalyPolicy.objects.values_list("rule", flat=True))
    missing = [AnomalyPolicy(rule=rule) for rule in Rule if rule not in there]
    AnomalyPolicy.objects.bulk_create(missing, ignore_conflicts=True)


def _policy(row: AnomalyPolicy | None) -> Policy:
    if row is None:
        return Policy()
    return Policy(
        row.is_on,
        Severity(row.tell_from),
        Measure(row.measure),
        Severity(row.measure_from),
        row.measure_minutes,
        row.requests_per_minute,
    )
