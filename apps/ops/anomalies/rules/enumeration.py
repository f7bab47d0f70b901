"""Somebody opens far more different documents than they, or anybody else, usually do."""

from apps.ops.anomalies.findings import Finding
from apps.ops.anomalies.habit import WINDOW, within
from apps.ops.anomalies.kinds import Rule, Severity
from apps.ops.anomalies.robust import highest_usual, quantile
from apps.ops.anomalies.rules.case import Case

LEAST_PERSON, LEAST_KEY = 25, 60  # documents in an hour
LEAST_DAY_PERSON, LEAST_DAY_KEY = 60, 200
TIMES_USUAL, DEVIATIONS, PEERS_SHARE, PEERS_TIMES = 2.5, 8.0, 0.99, 1.6
KEY_LEARNS_DAYS = 3.0  # what a program does in its first days is what it is for


def check(case: Case) -> Finding | None:
    """In an hour, or more slowly in a day."""
    if case.kind == "net" or not case.habit.documents:
        return None
    if case.kind == "key" and case.days_known < KEY_LEARNS_DAYS:
        return None
    is_person, daily = case.habit.is_person, len(case.habit.documents)
    least = LEAST_PERSON if is_person else LEAST_KEY
    if daily <= least:
        return None
    opened = within(case.habit.documents.values(), case.now, WINDOW)
    if opened > least and opened > (usual := _usual(case, case.habit.column("documents"))):
        return _found(case, opened, max(usual, least), "hour")
    least = LEAST_DAY_PERSON if is_person else LEAST_DAY_KEY
    if daily > least and daily > (usual := _usual(case, case.habit.day_documents, times=3.0)):
        return _found(case, daily, max(usual, least), "day")
    return None


def _usual(case: Case, past: list[int], times: float = 1.0) -> float:
    """The most that passes as usual. `times`: what a busy day is of a busy hour."""
    own = max(TIMES_USUAL * max(past, default=0), highest_usual(past, deviations=DEVIATIONS))
    peers = quantile(case.company.opened, PEERS_SHARE) if case.habit.is_person else 0.0
    return max(own, PEERS_TIMES * times * peers)


def _found(case: Case, opened: int, usual: float, span: str) -> Finding:
    severity = Severity.HIGH if opened > 2.5 * usual else Severity.MEDIUM
    return case.finding(
        Rule.BULK_ENUMERATION, severity, documents=opened, usual=round(usual), span=span
    )
