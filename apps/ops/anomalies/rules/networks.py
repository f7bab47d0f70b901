"""A key that always came from the same networks comes from one that nobody here uses."""

from apps.ops.anomalies.findings import Finding
from apps.ops.anomalies.habit import Habit
from apps.ops.anomalies.kinds import Rule, Severity
from apps.ops.anomalies.rules.case import Case

LEARNS_DAYS, LEARNS_REQUESTS = 2.0, 20
SURE_AFTER_S, SURE_REQUESTS = 600.0, 3  # from the new one
ROAMS_FROM = 4  # networks that a key which travels has
OURS_CALLERS = 3  # of a network that others of us use


def check(case: Case, network: Habit | None) -> Finding | None:
    """`network`: the habit of the network that the last request came from."""
    name, known = case.event.network, case.habit.networks
    if case.kind != "key" or name not in known or case.days_known < LEARNS_DAYS:
        return None
    first, last, requests = known[name]
    others = [one for one in known if one != name and known[one][0] < first - 86_400]
    older = [known[one] for one in others]
    is_fresh = case.now - first < 2 * 86_400
    is_sure = last - first >= SURE_AFTER_S or requests >= SURE_REQUESTS
    if not (is_fresh and is_sure and older) or sum(one[2] for one in older) < LEARNS_REQUESTS:
        return None
    if len(older) >= ROAMS_FROM:
        return None
    if network is not None and len([one for one in network.callers if one != case.subject]) >= (
        OURS_CALLERS
    ):
        return None
    return case.finding(
        Rule.KEY_NETWORK,
        Severity.HIGH,
        network=name,
        requests=int(requests),
        known=", ".join(sorted(others)[:5]),
    )
