"""What a caller may ask for: the limits of the key, else of the user, the groups, the node."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Self
from zoneinfo import ZoneInfo

from django.contrib.auth.models import Group
from django.db.models import Q
from django.utils import timezone

from apps.accounts.models import ApiKey, TrafficLimit, User
from apps.core import clock, config
from apps.core.traffic.protocols import Day, Limited, Rule

KEPT_S = 2  # how late a changed limit may count


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks. Limits of groups are looked up where the user's are."""

    user_id: int
    key_id: int | None = None

    @classmethod
    def of(cls, user: User, key: ApiKey | None = None) -> Self:
        """The user, through a key or a page."""
        return cls(user_id=user.pk, key_id=key.pk if key else None)


NODE = Caller(user_id=0)  # the node itself asks: evaluations, rehearsals; nothing limits it


def rules_of(caller: Caller) -> tuple[Rule, ...]:
    """The limits that count for the caller. A changed row counts after `KEPT_S` seconds.

    A key's own limit is counted for the key, any other for the user with all keys and pages.
    """
    return _rules(caller, int(time.monotonic() / KEPT_S))


def today() -> Day:
    """The day that daily limits count in, of service.time_zone."""
    zone = ZoneInfo(config.load().service.time_zone)
    now = timezone.localtime(clock.now(), zone)
    midnight = datetime.combine(now.date() + timedelta(days=1), datetime.min.time(), zone)
    return Day(name=now.date().isoformat(), ends_in_s=midnight.timestamp() - now.timestamp())


@lru_cache(maxsize=4096)
def _rules(caller: Caller, _period: int) -> tuple[Rule, ...]:
    if caller == NODE:
        return ()
    groups = Group.objects.filter(user=caller.user_id)
    whose = Q(user=caller.user_id) | Q(group__in=groups)
    if caller.key_id:
        whose |= Q(key=caller.key_id)
    rows = list(TrafficLimit.objects.filter(whose))
    found = [_rule(limited, caller, rows) for limited in Limited]
    return tuple(rule for rule in found if rule.most)


def _rule(limited: Limited, caller: Caller, rows: Sequence[TrafficLimit]) -> Rule:
    """`most` is 0 where there is no limit."""
    user = f"user:{caller.user_id}"
    for row in rows:
        if row.key_id and (most := getattr(row, limited)) is not None:
            return Rule(limited, f"key:{row.key_id}", most)
    for row in rows:
        if row.user_id and (most := getattr(row, limited)) is not None:
            return Rule(limited, user, most)
    groups = [getattr(row, limited) for row in rows if row.group_id]
    set_by_groups = [most for most in groups if most is not None]
    if set_by_groups:
        return Rule(limited, user, 0 if 0 in set_by_groups else max(set_by_groups))
    return Rule(limited, user, getattr(config.load().traffic, limited))
