"""Slowing a user or a key down, or keeping them out, until a time or until somebody lifts it."""

import math
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import assert_never

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db import transaction
from django.db.models import F, Max, Q, QuerySet
from django.utils.translation import gettext as _

from apps.accounts.models import ApiKey, User
from apps.accounts.restriction_records import Restriction
from apps.core import clock
from apps.core.errors import Conflict, Forbidden, Overloaded

FOREVER = datetime(9999, 1, 1, tzinfo=UTC)  # until somebody lifts it
SUSPENDED, THROTTLED = "suspended", "throttled"
MINUTE_S = 60
Subject = User | ApiKey
Kind = Restriction.Kind


@transaction.atomic
def restriction_create(
    *,
    subject: Subject,
    kind: Kind,
    until: datetime = FOREVER,
    requests_per_minute: int = 0,
    reason: str = "",
    by: User | None = None,
) -> Restriction:
    """Restrict the user or key from now on; every process knows it with its next request.

    `requests_per_minute` is for Kind.THROTTLE; what a user does through keys counts together.
    Raises Conflict for who may not be suspended: the last administrator that can sign in.
    """
    if kind is Kind.SUSPEND and isinstance(subject, User):
        require_other_administrator(subject)
    row = Restriction.objects.create(
        kind=kind,
        user=subject if isinstance(subject, User) else None,
        key=subject if isinstance(subject, ApiKey) else None,
        requests_per_minute=max(1, requests_per_minute) if kind is Kind.THROTTLE else None,
        reason=reason[:500],
        until=until,
        made_by=by,
    )
    _note(subject)
    return row


@transaction.atomic
def restriction_lift(restriction: Restriction, *, by: User | None) -> None:
    """End it now; others of the same user or key stay. Safe to repeat."""
    rows = Restriction.objects.filter(pk=restriction.pk, lifted_at=None)
    rows.update(lifted_at=clock.now(), lifted_by=by)
    if restriction.user_id:
        _note(User.objects.get(pk=restriction.user_id))
    elif restriction.key_id:
        _note(ApiKey.objects.get(pk=restriction.key_id))


def restrictions_of(subject: Subject) -> QuerySet[Restriction]:
    """Those in force, the longest first."""
    whose = {"user" if isinstance(subject, User) else "key": subject}
    return in_force(Restriction.objects.filter(**whose)).order_by("-until")


def in_force(rows: QuerySet[Restriction]) -> QuerySet[Restriction]:
    """Those of the rows that hold now."""
    return rows.filter(lifted_at=None, until__gt=clock.now())


def suspension_of(user: User) -> Restriction | None:
    """What keeps the user out now. No query unless something restricts them."""
    if not _is_restricted(user):
        return None
    return restrictions_of(user).filter(kind=Kind.SUSPEND).first()


def require_unrestricted(*subjects: Subject) -> None:
    """Count the request and pass, or raise Forbidden (`suspended`) or Overloaded (`throttled`).

    No query for subjects that nothing restricts.
    """
    for subject in subjects:
        if _is_restricted(subject):
            _require(restrictions_of(subject))


def _require(rows: Sequence[Restriction] | QuerySet[Restriction]) -> None:
    for row in rows:
        match Kind(row.kind):
            case Kind.SUSPEND:
                raise Forbidden(_("Access is suspended. Ask your administrator."), code=SUSPENDED)
            case Kind.THROTTLE:
                _count(row)
            case unknown:
                assert_never(unknown)


def _count(row: Restriction) -> None:
    """One request more in this minute, all processes together; or too many."""
    now_s = clock.now().timestamp()
    minute, most = int(now_s // MINUTE_S), row.requests_per_minute or 1
    this = Restriction.objects.filter(pk=row.pk)
    if row.minute != minute or row.used < most:  # whoever is far above does not write
        if this.filter(minute=minute, used__lt=most).update(used=F("used") + 1):
            return
        if this.filter(~Q(minute=minute)).update(minute=minute, used=1):
            return
    raise Overloaded(
        _("Too many requests. Wait a moment and try again."),
        code=THROTTLED,
        retry_after_s=max(1, math.ceil((minute + 1) * MINUTE_S - now_s)),
    )


def _is_restricted(subject: Subject) -> bool:
    return subject.restricted_until is not None and subject.restricted_until > clock.now()


def _note(subject: Subject) -> None:
    """Have the subject say until when there is something to look at."""
    until = restrictions_of(subject).order_by().aggregate(until=Max("until"))["until"]
    type(subject)._default_manager.filter(pk=subject.pk).update(restricted_until=until)
    subject.restricted_until = until


def require_other_administrator(user: User) -> None:
    """Raises Conflict when nobody else is an administrator that can sign in. Inside a transaction:
    the rows are locked, so that two who shut each other out do not both succeed."""
    administrators = (
        User.objects.select_for_update()
        .filter(is_superuser=True, is_staff=True, is_active=True)
        .exclude(password__startswith=UNUSABLE_PASSWORD_PREFIX)
    )
    now = clock.now()
    suspended = Restriction.objects.filter(kind=Kind.SUSPEND, lifted_at=None, until__gt=now)
    shut_out = set(suspended.exclude(user=None).values_list("user_id", flat=True))
    others = {one.pk for one in administrators} - shut_out - {user.pk}
    if user.is_superuser and not others:
        raise Conflict(_("This is the last administrator; make another one first."))
