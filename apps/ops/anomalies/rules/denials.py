"""Somebody is told again and again that they may not."""

from apps.ops.anomalies.findings import Finding
from apps.ops.anomalies.habit import WINDOW, Count, within
from apps.ops.anomalies.kinds import Rule, Severity
from apps.ops.anomalies.rules.case import Case

LEAST_PERSON, LEAST_KEY, LEAST_NETWORK = 8, 10, 20  # in an hour
DIFFERENT_PERSON, OFTEN_PERSON = 5, 20
TIMES_USUAL = 3.0


def check(case: Case) -> Finding | None:
    """For people different documents weigh more: the same one again is a broken link."""
    denied = case.habit.counts(case.now)[Count.DENIED]
    least = {"user": LEAST_PERSON, "key": LEAST_KEY}.get(case.kind, LEAST_NETWORK)
    usual = TIMES_USUAL * max(case.habit.column("denied"), default=0)
    if denied < least or denied <= usual:
        return None
    different = within(case.habit.denied.values(), case.now, WINDOW)
    if case.kind == "user" and different < DIFFERENT_PERSON and denied < OFTEN_PERSON:
        return None
    return case.finding(
        Rule.DENIALS,
        Severity.HIGH if different >= 15 or denied >= 60 else Severity.MEDIUM,
        Count.DENIED,
        denied=denied,
        different=different,
        usual=max(case.habit.column("denied"), default=0),
    )
