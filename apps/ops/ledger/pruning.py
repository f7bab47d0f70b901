"""What the ledger forgets, and when."""

from datetime import timedelta
from typing import Any

from django.db.models import QuerySet

from apps.accounts.models import User
from apps.core import clock, config
from apps.ops.ledger.windows import KEPT
from apps.ops.ledger_records import LedgerGauge, LedgerRollup, RequestRecord

AT_ONCE = 2000
NOBODY = {"user_id": None, "key_id": None, "network": "", "trace": None}


def ledger_prune() -> int:
    """Delete what is older than it is kept, in small transactions; returns how many rows.

    Rows of people who are no more lose what leads to them. Safe to repeat.
    """
    now = clock.now()
    oldest = now - timedelta(days=config.load().ledger.keep_days)
    gone = _delete(RequestRecord.objects.filter(at__lt=oldest))
    for level, kept in KEPT.items():
        gone += _delete(LedgerRollup.objects.filter(level=level, start__lt=now - kept))
        gone += _delete(LedgerGauge.objects.filter(level=level, start__lt=now - kept))
    named = RequestRecord.objects.exclude(user_id=None)
    strangers = set(named.values_list("user_id", flat=True).distinct())
    strangers -= set(User.objects.values_list("pk", flat=True))
    RequestRecord.objects.filter(user_id__in=strangers).update(**NOBODY)
    return gone


def person_forget(user: User) -> int:
    """Rows of the user's requests no longer say whose they were; returns how many. Inside the
    caller's transaction, before their keys go."""
    keys = list(user.api_keys.values_list("pk", flat=True))
    theirs = RequestRecord.objects.filter(user_id=user.pk).update(**NOBODY)
    return theirs + RequestRecord.objects.filter(key_id__in=keys).update(**NOBODY)


def _delete(rows: QuerySet[Any]) -> int:
    gone = 0
    while keys := list(rows.order_by("pk").values_list("pk", flat=True)[:AT_ONCE]):
        gone += rows.filter(pk__in=keys).delete()[0]
    return gone
