"""Anomalies to look at."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet
from django.urls import reverse

from apps.accounts.models import ApiKey, User
from apps.ops.anomalies.kinds import Rule, Severity, State, Subject
from apps.ops.models import Anomaly

TONES = {Severity.LOW: "quiet", Severity.MEDIUM: "warn", Severity.HIGH: "bad"}
UNSETTLED = (State.OPEN, State.ACKNOWLEDGED)


@dataclass(frozen=True, slots=True)
class AnomalySeen:
    """An anomaly as lists show it. `subject` has the name of the user or key; `tone` as pills."""

    uuid: UUID
    rule: Rule
    severity: Severity
    state: State
    subject_kind: Subject
    subject: str
    first_seen: datetime
    last_seen: datetime
    count: int
    tone: str
    page: str


def open_anomalies(limit: int = 20) -> Sequence[AnomalySeen]:
    """What is not settled, the worst and latest first. Three queries, however many there are."""
    rows = Anomaly.objects.filter(state__in=UNSETTLED).order_by("-severity", "-last_seen")[:limit]
    return seen(list(rows))


def open_count() -> int:
    """How many are open: found, and nobody has said that they know."""
    return Anomaly.objects.filter(state=State.OPEN).count()


def anomaly_list(*, state: str = "", rule: str = "") -> QuerySet[Anomaly]:
    """The latest first; an empty `state` or `rule` is every one."""
    rows = Anomaly.objects.all()
    rows = rows.filter(state=state) if state else rows
    return rows.filter(rule=rule) if rule else rows


def seen(rows: Sequence[Anomaly]) -> list[AnomalySeen]:
    """Rows with the names of whom they are about, in their order. Two queries."""
    names = subject_names(rows)
    return [
        AnomalySeen(
            uuid=row.uuid,
            rule=Rule(row.rule),
            severity=Severity(row.severity),
            state=State(row.state),
            subject_kind=Subject(row.subject_kind),
            subject=names[row.subject],
            first_seen=row.first_seen,
            last_seen=row.last_seen,
            count=row.count,
            tone=TONES[Severity(row.severity)],
            page=reverse("admin:ops_anomaly_change", args=[row.pk]),
        )
        for row in rows
    ]


def subject_names(rows: Sequence[Anomaly]) -> dict[str, str]:
    """By subject: the user's or key's name, a network as it is; `7` for a user who is gone."""
    users = dict(
        User.objects.filter(pk__in={row.user_id for row in rows if row.user_id}).values_list(
            "pk", "username"
        )
    )
    keys = {
        key.pk: str(key)
        for key in ApiKey.objects.filter(pk__in={row.key_id for row in rows if row.key_id})
    }
    return {row.subject: _name(row, users, keys) for row in rows}


def _name(row: Anomaly, users: dict[int, str], keys: dict[int, str]) -> str:
    match Subject(row.subject_kind):
        case Subject.USER:
            return users.get(row.user_id or 0, str(row.user_id))
        case Subject.KEY:
            return keys.get(row.key_id or 0, str(row.key_id))
        case Subject.NETWORK:
            return row.network
    return str(Subject.ALL.label)
