"""A person's requests come at a machine's pace; a program's at many times its own."""

from itertools import pairwise
from statistics import median

from apps.ops.anomalies.findings import Finding
from apps.ops.anomalies.habit import WINDOW, Count
from apps.ops.anomalies.kinds import Rule, Severity
from apps.ops.anomalies.robust import highest_usual, quantile, unevenness
from apps.ops.anomalies.rules.case import Case

ACTS, EVEN, SLOWEST_S = 32, 0.30, 400.0  # a timer with noise; nobody reads so evenly
RESTLESS_MINUTES, RESTLESS_LEAST = 54, 60  # of an hour; people pause
RESTLESS_TIMES = 1.6  # what they, and the busiest of others, ask in an hour
LEAST_KEY, TIMES_KEY, DEVIATIONS = 150, 4.0, 10.0
KEY_LEARNS_DAYS, KEY_LEARNS_HOURS = 3.0, 12


def check(case: Case) -> Finding | None:
    """By pace for people, by volume for programs."""
    if case.kind == "key":
        return _volume(case)
    return _pace(case) if case.habit.is_person else None


def _pace(case: Case) -> Finding | None:
    recent = [at for at in case.habit.times if at > case.now - 3 * 3600][-ACTS - 1 :]
    gaps = [later - sooner for sooner, later in pairwise(sorted(recent))]
    if len(gaps) >= ACTS and median(gaps) < SLOWEST_S and unevenness(gaps) < EVEN:
        return case.finding(
            Rule.SCRAPING,
            Severity.HIGH if median(gaps) < 10 else Severity.MEDIUM,
            requests=len(gaps),
            every_s=round(median(gaps), 1),
            unevenness=round(unevenness(gaps), 2),
        )
    requests = case.habit.counts(case.now)[Count.ALL]
    active = sum(n > 0 for n in case.habit.by_minute(case.now))
    peers = quantile(case.company.asked, 0.99)
    usual = RESTLESS_TIMES * max(peers, *case.habit.column("requests"), 0)
    if active >= RESTLESS_MINUTES and requests >= max(RESTLESS_LEAST, usual):
        return case.finding(Rule.SCRAPING, Severity.MEDIUM, requests=requests, active=active)
    return None


def _volume(case: Case) -> Finding | None:
    past = case.habit.column("requests")
    if case.days_known < KEY_LEARNS_DAYS or len(past) < KEY_LEARNS_HOURS:
        return None
    requests = case.habit.counts(case.now, WINDOW)[Count.ALL]
    usual = max(TIMES_KEY * max(past), highest_usual(past, deviations=DEVIATIONS), LEAST_KEY)
    if requests <= usual:
        return None
    severity = Severity.HIGH if requests > 3 * usual else Severity.MEDIUM
    return case.finding(Rule.SCRAPING, severity, requests=requests, usual=round(usual), span="hour")
