"""From the request ledger to anomalies: each minute, where the last look ended."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from django.db import transaction

from apps.core import clock, config
from apps.core.metering import Kind, Outcome, Surface
from apps.ops.anomalies.events import Calendar, Event
from apps.ops.anomalies.findings import Finding
from apps.ops.anomalies.services import findings_report
from apps.ops.anomalies.watch import Watch
from apps.ops.models import AnomalyCursor, AnomalyHabit, RequestRecord

AT_ONCE, ROUNDS = 2000, 50  # requests, and so often before others get their turn
SETTLED_S = 5  # a request younger than this may still be overtaken
GAP_S = 120  # a number that is missing for so long was never given
REPORTED = timedelta(hours=24)  # what is older is learned from, not told
FIRST_REPORTED = timedelta(hours=1)
FORGOTTEN = timedelta(days=120)
OWN_CODES = frozenset({"throttled", "suspended"})  # what our own restrictions caused
OUTCOMES = frozenset(map(str, Outcome))
SIGN_IN_REFUSED = 200  # the form is shown again


def requests_look() -> int:
    """Look at requests that nobody looked at. Returns how many there were. Safe to repeat, on all
    nodes: who finds that another one was quicker writes nothing."""
    if not config.load().anomalies.enabled:
        return 0
    looked = 0
    for _ in range(ROUNDS):
        count = _round()
        looked += max(0, count)
        if count < AT_ONCE:
            break
    return looked


def habits_prune() -> int:
    """Forget subjects that were not seen for long. Returns how many. Safe to repeat."""
    old = AnomalyHabit.objects.filter(seen_at__lt=clock.now() - FORGOTTEN)
    return old.exclude(subject__startswith="all:").delete()[0]


def event_of(row: RequestRecord) -> Event | None:
    """As detectors see it; None for what tells nothing: requests that are of no use-case are
    written down only when they went wrong. Of strangers' a wrong password counts; a page left open
    overnight, whose session has ended, does not; nor what is asked on the machine itself."""
    if row.outcome not in OUTCOMES or row.code in OWN_CODES or row.surface == Surface.CLI:
        return None
    is_stranger = row.user_id is None and row.key_id is None
    is_guess = row.outcome == Outcome.DENIED and (not is_stranger or row.status == SIGN_IN_REFUSED)
    if row.kind == Kind.OTHER and not is_guess:
        return None
    return Event(
        id=row.pk,
        at=row.at.timestamp(),
        surface=row.surface,
        kind=row.kind,
        outcome=row.outcome,
        user=row.user_id,
        key=row.key_id,
        network=row.network,
        ms=row.total_ms,
        document=str(row.document or ""),
        is_injection=row.is_injection,
    )


def _round() -> int:
    """One portion. Returns its requests; -1 when another process was quicker."""
    now = clock.now()
    cursor = AnomalyCursor.objects.filter(pk=1).first() or AnomalyCursor(record_id=0)
    rows = _rows(cursor.record_id, now)
    if not rows:
        return 0
    watch = Watch(Calendar(config.load().service.time_zone), _load)
    events = sorted(filter(None, map(event_of, rows)), key=lambda event: event.at)
    found = watch.step(events)
    reported = FIRST_REPORTED if cursor.record_id == 0 or _is_learning(cursor, now) else REPORTED
    since = (now - reported).timestamp()
    news = [finding for finding in found if finding.at >= since]
    with transaction.atomic():
        if not _advanced(cursor.record_id, rows[-1]):
            return -1
        _save(watch, now)
        findings_report(_latest(news))
    return len(rows)


def _rows(after: int, now: datetime) -> list[RequestRecord]:
    """The next ones by number. Numbers are given before rows are seen: at a missing number it
    stops, until that is too old to come."""
    rows = list(RequestRecord.objects.filter(pk__gt=after).order_by("pk")[:AT_ONCE])
    expected, taken = after + 1, []
    for row in rows:
        age_s = (now - row.at).total_seconds()
        if age_s < SETTLED_S or (row.pk != expected and after and age_s < GAP_S):
            break
        taken.append(row)
        expected = row.pk + 1
    return taken


def _is_learning(cursor: AnomalyCursor, now: datetime) -> bool:
    """Whether the look is still at what was there before the first one."""
    return cursor.at is not None and now - cursor.at > timedelta(days=2)


def _advanced(seen: int, last: RequestRecord) -> bool:
    if seen == 0:
        AnomalyCursor.objects.get_or_create(pk=1)
    moved = AnomalyCursor.objects.filter(pk=1, record_id=seen)
    return bool(moved.update(record_id=last.pk, at=last.at))


def _load(subjects: Sequence[str]) -> dict[str, dict[str, object]]:
    rows = AnomalyHabit.objects.filter(subject__in=subjects)
    return dict(rows.values_list("subject", "learned"))


def _save(watch: Watch, now: datetime) -> None:
    rows = [
        AnomalyHabit(subject=subject, learned=watch.told(subject), seen_at=now)
        for subject in watch.touched
    ]
    AnomalyHabit.objects.bulk_create(
        rows, batch_size=200, update_conflicts=True, unique_fields=["subject"],
        update_fields=["learned", "seen_at"],
    )  # fmt: skip


def _latest(findings: Sequence[Finding]) -> list[Finding]:
    """Of each rule and subject the worst, and of these the last, once: a portion may be hours."""
    chosen: dict[tuple[str, str], Finding] = {}
    for finding in findings:
        name = (finding.rule, finding.subject)
        known = chosen.get(name, finding)
        worse = finding if finding.severity >= known.severity else known
        times = known.times + 1 if name in chosen else 1
        chosen[name] = replace(worse, since=known.since or known.at, times=times)
    return list(chosen.values())
