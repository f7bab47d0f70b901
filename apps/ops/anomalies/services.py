"""Writing anomalies down, and what people make of them."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.core import clock, config
from apps.core.errors import Conflict
from apps.ops.anomalies.findings import Finding, again_after_s
from apps.ops.anomalies.kinds import Deed, Outcome, State, Subject
from apps.ops.anomalies.measures import measures_lift, policy_apply
from apps.ops.anomalies.policies import policies
from apps.ops.models import Anomaly, AnomalyDeed

UNSETTLED = [State.OPEN, State.ACKNOWLEDGED]
SETTLED = {
    State.ACKNOWLEDGED: Deed.ACKNOWLEDGE,
    State.CLOSED: Deed.CLOSE,
    State.FALSE_ALARM: Deed.FALSE_ALARM,
    State.OPEN: Deed.REOPEN,
}


@transaction.atomic
def findings_report(findings: Sequence[Finding]) -> list[Anomaly]:
    """Write them down: what is known already gets more evidence. Returns the news: anomalies that
    were not there, got worse, or are seen again after a quiet day. Policies are applied to these.
    """
    chosen, news = policies(), []
    for finding in findings:
        policy = chosen[finding.rule]
        if not policy.is_on:
            continue
        row, is_news = _reported(finding)
        if row is not None and is_news:
            policy_apply(row, policy)
            news.append(row)
    return news


@transaction.atomic
def anomaly_settle(anomaly: Anomaly, state: State, *, by: User, note: str = "") -> None:
    """Acknowledge, close, call a false alarm or open again. A false alarm lifts what was done.

    Raises Conflict when the same is found again meanwhile and has an anomaly of its own.
    """
    row = Anomaly.objects.select_for_update().get(pk=anomaly.pk)
    others = Anomaly.objects.filter(rule=row.rule, subject=row.subject, state__in=UNSETTLED)
    if state in UNSETTLED and others.exclude(pk=row.pk).exists():
        raise Conflict(_("The same was found again meanwhile; see the newer anomaly."))
    row.state = state
    is_settled = state in (State.CLOSED, State.FALSE_ALARM)
    row.settled_at, row.settled_by = (clock.now(), by) if is_settled else (None, None)
    row.save(update_fields=["state", "settled_at", "settled_by"])
    deed_note(row, SETTLED[state], by=by, note=note)
    if state == State.FALSE_ALARM:
        measures_lift(row, by=by)
    anomaly.refresh_from_db()


def deed_note(anomaly: Anomaly, deed: Deed, *, by: User | None, note: str = "") -> AnomalyDeed:
    """Write down what was done."""
    return AnomalyDeed.objects.create(
        anomaly=anomaly, deed=deed, by=by, note=note.strip(), at=clock.now(), outcome=Outcome.DONE
    )


def anomalies_prune() -> int:
    """Delete what was settled long ago; where a restriction holds its page stays, to lift it there.

    Returns how many anomalies went. Safe to repeat.
    """
    before = clock.now() - timedelta(days=config.load().anomalies.keep_days)
    held = AnomalyDeed.objects.filter(
        restriction__lifted_at=None, restriction__until__gt=clock.now()
    )
    settled = Anomaly.objects.filter(settled_at__lt=before).exclude(pk__in=held.values("anomaly"))
    return settled.delete()[1].get("ops.Anomaly", 0)


def _reported(finding: Finding) -> tuple[Anomaly | None, bool]:
    at = datetime.fromtimestamp(finding.at, UTC)
    rows = Anomaly.objects.select_for_update().filter(rule=finding.rule, subject=finding.subject)
    row = rows.filter(state__in=UNSETTLED).first()
    if row is None:
        return (None, False) if _is_muted(finding) else (_created(finding, at), True)
    is_again = at - row.last_seen > timedelta(seconds=again_after_s(row.subject))
    is_worse = finding.severity > row.severity
    row.last_seen = max(row.last_seen, at)
    row.count += finding.times
    if finding.severity >= row.severity or is_again:
        row.evidence = _evidence(finding)
    if is_again or is_worse:
        row.severity, row.state = finding.severity, State.OPEN
    row.save(update_fields=["last_seen", "count", "evidence", "severity", "state"])
    return row, is_again or is_worse


def _created(finding: Finding, at: datetime) -> Anomaly:
    kind, _colon, name = finding.subject.partition(":")
    return Anomaly.objects.create(
        rule=finding.rule,
        severity=finding.severity,
        subject_kind=kind,
        subject=finding.subject,
        user_id=int(name) if kind == Subject.USER else None,
        key_id=int(name) if kind == Subject.KEY else None,
        network=name if kind == Subject.NETWORK else str(finding.figures.get("network", "")),
        evidence=_evidence(finding),
        count=finding.times,
        first_seen=datetime.fromtimestamp(finding.since or finding.at, UTC),
        last_seen=at,
    )


def _evidence(finding: Finding) -> dict[str, object]:
    return {"figures": finding.figures, "minutes": list(finding.minutes), "until": finding.at}


def _is_muted(finding: Finding) -> bool:
    """Whether somebody called this a false alarm of late, when it was as severe."""
    since = clock.now() - timedelta(days=config.load().anomalies.mute_days)
    return Anomaly.objects.filter(
        rule=finding.rule,
        subject=finding.subject,
        state=State.FALSE_ALARM,
        settled_at__gt=since,
        severity__gte=finding.severity,
    ).exists()
