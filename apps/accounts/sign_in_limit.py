"""Slows down whoever guesses passwords: a growing pause per user name and address."""

import math
from datetime import timedelta

from django.db import transaction
from django.http import HttpRequest

from apps.accounts.models import SignInAttempts
from apps.core import clock

FREE_FAILURES = 5
FIRST_PAUSE = timedelta(seconds=15)
LONGEST_PAUSE = timedelta(minutes=15)
FORGOTTEN_AFTER = timedelta(days=1)


@transaction.atomic
def attempt_begin(*, name: str, address: str) -> int:
    """Count an attempt as failed; 0 when its password may be looked at, else seconds to wait.

    Counted before the password is checked, so that guesses made at one time count too. An attempt
    that has to wait is not counted. The row is locked: all processes count together.
    """
    now = clock.now()
    SignInAttempts.objects.filter(last_at__lt=now - FORGOTTEN_AFTER).delete()
    row, _ = SignInAttempts.objects.select_for_update().get_or_create(
        name=name, address=address, defaults={"last_at": now}
    )
    wait = row.last_at + _pause(row.failures) - now
    if wait > timedelta():
        return math.ceil(wait.total_seconds())
    row.failures, row.last_at = row.failures + 1, now
    row.save(update_fields=["failures", "last_at"])
    return 0


def attempt_succeeded(*, name: str, address: str) -> None:
    """Forget the failures: whoever signed in was no guesser."""
    SignInAttempts.objects.filter(name=name, address=address).delete()


def address_of(request: HttpRequest) -> str:
    """The IP address that asks; behind a proxy the one that it names (apps.core.client_address)."""
    return str(request.META.get("REMOTE_ADDR", ""))


def _pause(failures: int) -> timedelta:
    """None at first, then twice as long after each further failure."""
    if failures < FREE_FAILURES:
        return timedelta()
    times_longer: int = 1 << min(failures - FREE_FAILURES, 10)
    return min(FIRST_PAUSE * times_longer, LONGEST_PAUSE)
