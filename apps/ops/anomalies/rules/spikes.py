"""Failures, refusals and “not found” far above what is usual: for one subject, or for everybody."""

from dataclasses import dataclass

from apps.core.metering import Outcome
from apps.ops.anomalies.findings import Finding
from apps.ops.anomalies.habit import AMONG, Count
from apps.ops.anomalies.kinds import Rule, Severity
from apps.ops.anomalies.robust import surprise
from apps.ops.anomalies.rules.case import Case

SPANS = (10, 30, 60)  # minutes
LONG_SPANS = (*SPANS, 180)  # of everybody: where little is asked
PRIOR = 30.0  # requests that the first guess counts as
LEAST_CALLERS = 3
OTHERS_TOO, LIKEWISE = 3.0, 0.5  # surprise; of the share that one meets


@dataclass(frozen=True, slots=True)
class Spike:
    """What counts as one. `first`: the share before anything is known; `more`: by how much it must
    grow at least; `times`: how many times the usual share; `hard`: how surprising it must be."""

    rule: Rule
    count: Count
    outcome: Outcome
    first: float
    least: int
    more: float
    times: float
    hard: float


SPIKES = (
    Spike(Rule.ERROR_SPIKE, Count.FAILED, Outcome.FAILED, 0.01, 6, 0.06, 3.0, 14.0),
    Spike(Rule.REFUSAL_SPIKE, Count.REFUSED, Outcome.REFUSED, 0.01, 10, 0.08, 3.0, 16.0),
    Spike(Rule.NOT_FOUND_SPIKE, Count.NOT_FOUND, Outcome.NOT_FOUND, 0.15, 10, 0.18, 1.7, 14.0),
)


def check(case: Case, everybody: Case) -> list[Finding]:
    """Of a key or user. What everybody meets at this time is no trouble of theirs."""
    if case.kind == "net":
        return []
    return [
        found
        for spike in SPIKES
        if not (spike.count == Count.NOT_FOUND and case.habit.is_person)  # people ask what they ask
        and (found := _spike(case, spike, everybody))
    ]


def check_everybody(case: Case) -> list[Finding]:
    """Of all together: what one caller alone meets does not count."""
    return [found for spike in SPIKES if (found := _spike(case, spike, None))]


def _spike(case: Case, spike: Spike, everybody: Case | None) -> Finding | None:
    if case.habit.counts(case.now, case.habit.window)[spike.count] < spike.least:
        return None
    if everybody and _is_everybodys(case, everybody, spike):
        return None
    known = case.habit.shares.get(spike.count.name, [0.0, 0.0, 1.0])
    usual = _learned(case, spike)
    for span in SPANS if everybody else LONG_SPANS:
        counts = case.habit.counts(case.now, span)
        seen, among = counts[spike.count], counts[AMONG[spike.count]]
        if everybody is None:
            met = case.company.met(spike.outcome, case.now, span)
            if len(met) < LEAST_CALLERS:
                continue
            seen, among = seen - met[0] + met[1], among - met[0] + met[1]
        share = seen / among if among else 0.0
        is_much = share > max(spike.times * usual, usual + spike.more)
        if seen < spike.least or not is_much:
            continue
        if surprise(seen, among, usual) / max(1.0, known[2]) > spike.hard:
            return case.finding(
                spike.rule,
                Severity.HIGH if share > 0.5 and spike.count == Count.FAILED else Severity.MEDIUM,
                spike.count,
                seen=seen,
                among=among,
                share=round(share, 3),
                usual=round(usual, 4),
                span=span,
            )
    return None


def _is_everybodys(case: Case, everybody: Case, spike: Spike) -> bool:
    """Whether others are in the same trouble now, if only a little."""
    among = AMONG[spike.count]
    for span in SPANS:
        own, every = case.habit.counts(case.now, span), everybody.habit.counts(case.now, span)
        others, of = every[spike.count] - own[spike.count], every[among] - own[among]
        share = own[spike.count] / own[among] if own[among] else 0.0
        if others and others / of >= LIKEWISE * share:
            return True
        if others >= 2 and surprise(others, of, _learned(everybody, spike)) > OTHERS_TOO:
            return True
    return False


def _learned(case: Case, spike: Spike) -> float:
    known = case.habit.shares.get(spike.count.name, [0.0, 0.0, 1.0])
    return (known[0] + PRIOR * spike.first) / (known[1] + PRIOR)
