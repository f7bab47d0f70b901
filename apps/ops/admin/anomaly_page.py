"""The page of one anomaly: the evidence, what was done about it, and doing something."""

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.accounts.restrictions import FOREVER
from apps.accounts.signed_in import user_of
from apps.core.admin_actions import Question
from apps.core.adminsite import moment, pill, tell_refusal
from apps.core.errors import ClawdbotError
from apps.ops.anomalies.kinds import Deed, Measure, Outcome, Rule, Severity, State, Subject
from apps.ops.anomalies.measures import (
    can_restrict,
    measures_lift,
    measures_of,
    restriction_impose,
)
from apps.ops.anomalies.selectors import TONES, subject_names
from apps.ops.anomalies.services import anomaly_settle, deed_note
from apps.ops.anomalies.wording import advice, sentence
from apps.ops.models import Anomaly, AnomalyDeed

STATE_TONES = {
    State.OPEN: "bad", State.ACKNOWLEDGED: "busy", State.CLOSED: "good", State.FALSE_ALARM: "quiet",
}  # fmt: skip
OUTCOME_TONES = {Outcome.WAITING: "busy", Outcome.DONE: "good", Outcome.FAILED: "bad"}
MINUTES = (15, 60, 240, 1440, 10_080, 0)
AROUND = timedelta(hours=1)


def done(request: HttpRequest, row: Anomaly) -> HttpResponse:
    """Do what the button says; a refusal becomes a message."""
    asked, note = request.POST, request.POST.get("note", "")[:2000]
    wanted, by = asked.get("do", ""), user_of(request)
    try:
        if wanted in State.values:
            anomaly_settle(row, State(wanted), by=by, note=note)
        elif wanted in (Measure.THROTTLE, Measure.BLOCK):
            restriction_impose(row, Measure(wanted), minutes=_minutes(request), by=by, note=note)
        elif wanted == Deed.LIFT:
            measures_lift(row, by=by, note=note)
        elif note.strip():
            deed_note(row, Deed.NOTE, by=by, note=note)
        messages.success(request, _("Done."))
    except ClawdbotError as error:
        tell_refusal(request, error)
    return HttpResponseRedirect(reverse("admin:ops_anomaly_change", args=[row.pk]))


def suspension_of(request: HttpRequest, row: Anomaly) -> Question:
    """What is asked before somebody is suspended."""
    return Question(
        title=_("Suspend %(name)s?") % {"name": subject_names([row])[row.subject]},
        meaning=_("Every request is refused from then on. How long: %(duration)s.")
        % {"duration": _duration(_minutes(request))},
        button=_("Suspend"),
    )


def _minutes(request: HttpRequest) -> int:
    given = request.POST.get("minutes", "")
    return int(given) if given in map(str, MINUTES) else MINUTES[1]


def context_of(row: Anomaly) -> dict[str, Any]:
    """What the template shows."""
    rule, figures = Rule(row.rule), row.evidence.get("figures", {})
    held = measures_of(row)
    return {
        "title": str(row.get_rule_display()),
        "original": row,
        "anomaly": row,
        "severity": pill(TONES[Severity(row.severity)], row.get_severity_display()),
        "state": pill(STATE_TONES[State(row.state)], row.get_state_display()),
        "is_open": row.state == State.OPEN,
        "is_unsettled": row.state in (State.OPEN, State.ACKNOWLEDGED),
        "sentence": sentence(rule, figures),
        "advice": advice(rule),
        "about": subject_names([row])[row.subject],
        "about_page": _subject_page(row),
        "requests": _requests_page(row),
        "minutes": row.evidence.get("minutes", []),
        "most": max(row.evidence.get("minutes", []), default=0),
        "until": datetime.fromtimestamp(until, row.last_seen.tzinfo)
        if (until := row.evidence.get("until"))
        else row.last_seen,
        "deeds": [_deed(deed) for deed in row.deeds.select_related("by", "restriction")],
        "held": [(one.get_kind_display(), _until(one.until)) for one in held],
        "can_restrict": can_restrict(row),
        "durations": [(n, _duration(n)) for n in MINUTES],
    }


def _deed(deed: AnomalyDeed) -> dict[str, Any]:
    restriction = deed.restriction
    return {
        "when": moment(deed.at),
        "words": deed.get_deed_display(),
        "by": deed.by or _("the program"),
        "outcome": pill(OUTCOME_TONES[Outcome(deed.outcome)], deed.get_outcome_display()),
        "note": deed.note,
        "until": _until(restriction.until) if restriction and deed.deed != Deed.LIFT else "",
    }


def _until(when: datetime) -> str:
    return _("until somebody lifts it") if when == FOREVER else _("until %s") % moment(when)


def _duration(minutes: int) -> str:
    if not minutes:
        return _("until somebody lifts it")
    if minutes < 60:
        return ngettext("%(n)s minute", "%(n)s minutes", minutes) % {"n": minutes}
    if minutes < 1440:
        return ngettext("%(n)s hour", "%(n)s hours", minutes // 60) % {"n": minutes // 60}
    return ngettext("%(n)s day", "%(n)s days", minutes // 1440) % {"n": minutes // 1440}


def _subject_page(row: Anomaly) -> str:
    if row.subject_kind == Subject.USER:
        return reverse("admin:accounts_user_change", args=[row.user_id])
    if row.subject_kind == Subject.KEY:
        return reverse("admin:accounts_apikey_changelist")
    return ""


def _requests_page(row: Anomaly) -> str:
    """The requests around it, of whom it is about."""
    query = {
        "since": (row.first_seen - AROUND).isoformat(),
        "until": (row.last_seen + timedelta(minutes=1)).isoformat(),
        "user": row.user_id or "",
        "key": row.key_id or "",
    }
    given = {name: value for name, value in query.items() if value}
    return f"{reverse('admin_requests')}?{urlencode(given)}"
