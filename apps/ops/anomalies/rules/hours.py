"""Somebody is active at an hour at which they never are, and hardly anybody is."""

from apps.ops.anomalies.company import hours_known
from apps.ops.anomalies.findings import Finding
from apps.ops.anomalies.habit import WINDOW, Count
from apps.ops.anomalies.kinds import Rule, Severity
from apps.ops.anomalies.rules.case import Case

LEAST_REQUESTS, LEAST_MINUTES = 6, 3  # in the last hour
LEARNS_HOURS, LEARNS_DAYS = 22.0, 4.0
HABITUAL, MORE_THAN_ONCE = 0.02, 1.5  # of one's active hours; single ones are none
OUTSIDE_HOURS = 1  # from the nearest of one's own hours: not habitual
AFTER_HOURS, BEFORE_HOURS = 6, 4  # behind the last one: overtime is none; before the first one
QUIET = 0.25  # as a share of the busiest hour
TOGETHER, TOGETHER_SHARE = 2, 0.06  # of the most present at once: the company works late


def check(case: Case) -> Finding | None:
    """By the hour of the day, whatever the day: people do work on a Sunday."""
    hour, usual = case.calendar.hour_of_week(case.now) % 24, _usual_hours(case)
    after = min(((hour - one) % 24 for one in usual), default=0)
    before = min(((one - hour) % 24 for one in usual), default=0)
    if min(after, before) < OUTSIDE_HOURS:
        return None
    if case.habit.is_person:
        case.company.unusual[case.subject] = int(case.now // 60)
    requests = case.habit.counts(case.now, WINDOW)[Count.ALL]
    if after < AFTER_HOURS or before < BEFORE_HOURS or requests < LEAST_REQUESTS:
        return None
    if sum(n > 0 for n in case.habit.by_minute(case.now)) < LEAST_MINUTES or _is_shared(case, hour):
        return None
    return case.finding(
        Rule.UNUSUAL_HOURS,
        Severity.MEDIUM if min(after, before) >= 5 else Severity.LOW,
        requests=requests,
        hour=hour,
        away=min(after, before),
        usual_from=_from(usual),
        usual_until=_until(usual),
    )


def _usual_hours(case: Case) -> list[int]:
    """Of the subject; empty while too little is known."""
    clock = case.habit.clock
    if case.kind == "net" or hours_known(clock) < LEARNS_HOURS or case.days_known < LEARNS_DAYS:
        return []
    least = max(HABITUAL * sum(clock), MORE_THAN_ONCE)
    return [one for one in range(24) if clock[one] >= least]


def _is_shared(case: Case, hour: int) -> bool:
    """Whether others work at this time, too: always, or just today."""
    together = max(TOGETHER, TOGETHER_SHARE * case.company.most_present)
    return case.company.quietness(hour) > QUIET or len(case.company.unusual) >= together


def _from(usual: list[int]) -> int:
    """The hour behind the longest pause."""
    return max(usual, key=lambda one: min((one - other) % 24 or 24 for other in usual))


def _until(usual: list[int]) -> int:
    """The hour before it."""
    return max(usual, key=lambda one: min((other - one) % 24 or 24 for other in usual)) + 1
