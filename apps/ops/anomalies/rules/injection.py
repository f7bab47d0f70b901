"""Somebody tries again and again to overrule the instructions (apps.core.injection)."""

from apps.ops.anomalies.events import DAY_S
from apps.ops.anomalies.findings import Finding
from apps.ops.anomalies.kinds import Rule, Severity
from apps.ops.anomalies.robust import surprise_of_count
from apps.ops.anomalies.rules.case import Case

LEAST, HARD, FIRST_A_DAY = 3, 5.0, 0.1


def check(case: Case) -> Finding | None:
    """In a day, against what passes through the subject on other days: a program that many people
    use carries some."""
    attempts = sum(at > case.now - DAY_S for at in case.habit.attempts)
    if attempts < LEAST:
        return None
    days = case.habit.day_attempts
    usual = (sum(days) + FIRST_A_DAY) / (len(days) + 1)
    if surprise_of_count(attempts, usual) < HARD:
        return None
    return case.finding(
        Rule.INJECTION,
        Severity.HIGH if attempts >= 8 else Severity.MEDIUM,
        attempts=attempts,
        usual=round(usual, 2),
    )
