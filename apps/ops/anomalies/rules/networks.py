"""A key that always came from the same networks comes from one that nobody here uses."""

from apps.ops.anomalies.events import DAY_S
from apps.ops.anomalies.findings import Finding
from apps.ops.anomalies.habit import Habit
from apps.ops.anomalies.kinds import Rule, Severity
from apps.ops.anomalies.rules.case import Case

WAITS_S = 600.0  # others may follow: then the company has moved, not the key
LEARNS_DAYS, LEARNS_REQUESTS = 2.0, 20
ROAMS_FROM = 4  # networks that a key which travels has
OURS_PEOPLE = 2  # who use the network
MOVED_KEYS, MOVED_SHARE = 3, 0.5  # of those in use: they moved together


def is_new(habit: Habit, network: str) -> bool:
    """Whether a key's request from this network is the first one."""
    return bool(network) and network not in habit.networks


def check(case: Case, name: str, network: Habit) -> Finding | None:
    """Some minutes after the first request from the network of that name; `network`: its habit."""
    known = case.habit.networks
    if name not in known or case.days_known < LEARNS_DAYS:
        return None
    first, _last, requests = known[name]
    older = {one: seen for one, seen in known.items() if seen[0] < first - DAY_S}
    if not older or len(older) >= ROAMS_FROM:
        return None
    if sum(seen[2] for seen in older.values()) < LEARNS_REQUESTS:
        return None
    if sum(one.startswith("user:") for one in network.callers) >= OURS_PEOPLE:
        return None
    here, share = case.company.share_of_keys(name)
    if here >= MOVED_KEYS and share >= MOVED_SHARE:
        return None
    return case.finding(
        Rule.KEY_NETWORK,
        Severity.HIGH,
        network=name,
        requests=int(requests),
        known=", ".join(sorted(older)[:5]),
    )
