"""What is done about an anomaly: messages to be sent, restrictions that end or are lifted."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from apps.accounts.models import ApiKey, User
from apps.accounts.restriction_records import Restriction
from apps.accounts.restrictions import FOREVER, restriction_create, restriction_lift
from apps.core import clock, config, mail
from apps.core.errors import Conflict, Invalid
from apps.ops.anomalies.kinds import Deed, Measure, Outcome, Rule, Subject
from apps.ops.anomalies.policies import Policy
from apps.ops.models import Anomaly, AnomalyDeed

KINDS = {Measure.THROTTLE: Restriction.Kind.THROTTLE, Measure.BLOCK: Restriction.Kind.SUSPEND}
DEEDS = {Measure.THROTTLE: Deed.THROTTLE, Measure.BLOCK: Deed.BLOCK}


@transaction.atomic
def policy_apply(anomaly: Anomaly, policy: Policy) -> None:
    """Have it told, and do what the policy says about users and keys. What cannot be done is
    written down, too."""
    if anomaly.severity >= policy.tell_from:
        for deed in _channels():
            AnomalyDeed.objects.create(
                anomaly=anomaly, deed=deed, outcome=Outcome.WAITING, at=clock.now(),
                next_at=clock.now(),
            )  # fmt: skip
    if policy.measure == Measure.NONE or anomaly.severity < policy.measure_from:
        return
    if measures_of(anomaly):
        return  # one that lasts is not made twice
    try:
        restriction_impose(anomaly, policy.measure, minutes=policy.measure_minutes,
                           requests_per_minute=policy.requests_per_minute)  # fmt: skip
    except (Conflict, Invalid) as error:
        AnomalyDeed.objects.create(
            anomaly=anomaly, deed=DEEDS[policy.measure], outcome=Outcome.FAILED, at=clock.now(),
            note=error.message,
        )  # fmt: skip


@transaction.atomic
def restriction_impose(
    anomaly: Anomaly,
    measure: Measure,
    *,
    minutes: int = 0,
    requests_per_minute: int = 6,
    by: User | None = None,
    note: str = "",
) -> Restriction:
    """Slow the anomaly's user or key down, or keep them out, for so long; 0: until it is lifted.

    Raises Invalid where there is no user or key, Conflict for the last administrator.
    """
    subject = _subject(anomaly)
    if subject is None:
        raise Invalid(_("There is no user or key here that could be restricted."))
    row = restriction_create(
        subject=subject,
        kind=KINDS[measure],
        until=_until(minutes),
        requests_per_minute=requests_per_minute,
        reason=f"{Rule(anomaly.rule).value} {anomaly.uuid}",
        by=by,
    )
    AnomalyDeed.objects.create(
        anomaly=anomaly, deed=DEEDS[measure], at=clock.now(), by=by, note=note, restriction=row
    )
    return row


def measures_of(anomaly: Anomaly) -> list[Restriction]:
    """Restrictions that were made because of it and hold now."""
    made = anomaly.deeds.exclude(restriction=None).values_list("restriction_id", flat=True)
    held = Restriction.objects.filter(pk__in=made, lifted_at=None, until__gt=clock.now())
    return list(held.order_by("until"))


@transaction.atomic
def measures_lift(anomaly: Anomaly, *, by: User | None, note: str = "") -> int:
    """End all of them now. Returns how many."""
    held = measures_of(anomaly)
    for row in held:
        restriction_lift(row, by=by)
        AnomalyDeed.objects.create(
            anomaly=anomaly, deed=Deed.LIFT, at=clock.now(), by=by, note=note, restriction=row
        )
    return len(held)


def can_restrict(anomaly: Anomaly) -> bool:
    """Whether it is about a user or a key that is still there."""
    return _subject(anomaly) is not None


def _channels() -> list[Deed]:
    settings = config.load().anomalies
    found = [Deed.MAIL] if settings.mail_to and mail.is_configured() else []
    return [*found, Deed.WEBHOOK] if settings.webhook_url else found


def _subject(anomaly: Anomaly) -> User | ApiKey | None:
    match Subject(anomaly.subject_kind):
        case Subject.USER:
            return User.objects.filter(pk=anomaly.user_id or 0).first()
        case Subject.KEY:
            return ApiKey.objects.filter(pk=anomaly.key_id or 0).first()
    return None


def _until(minutes: int) -> datetime:
    return clock.now() + timedelta(minutes=minutes) if minutes else FOREVER
