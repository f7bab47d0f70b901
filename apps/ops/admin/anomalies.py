"""Admin pages of anomalies: what was found, the evidence, what is done about it; the rules."""

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from apps.accounts.models import ApiKey, User
from apps.accounts.restrictions import FOREVER
from apps.accounts.signed_in import user_of
from apps.core import config, mail
from apps.core.adminsite import (
    ModelAdmin,
    ReadOnly,
    SuperuserOnly,
    display,
    moment,
    pill,
    render_page,
    tell_refusal,
)
from apps.core.errors import ClawdbotError
from apps.ops.anomalies.kinds import Deed, Measure, Outcome, Rule, Severity, State, Subject
from apps.ops.anomalies.measures import (
    can_restrict,
    measures_lift,
    measures_of,
    restriction_impose,
)
from apps.ops.anomalies.policies import policies_ensure
from apps.ops.anomalies.selectors import TONES, subject_names
from apps.ops.anomalies.services import anomaly_settle, deed_note
from apps.ops.anomalies.wording import advice, sentence
from apps.ops.models import Anomaly, AnomalyDeed, AnomalyPolicy

STATE_TONES = {
    State.OPEN: "bad", State.ACKNOWLEDGED: "busy", State.CLOSED: "good", State.FALSE_ALARM: "quiet",
}  # fmt: skip
OUTCOME_TONES = {Outcome.WAITING: "busy", Outcome.DONE: "good", Outcome.FAILED: "bad"}
MINUTES = (15, 60, 240, 1440, 10_080, 0)
AROUND = timedelta(hours=1)


@admin.register(Anomaly)
class AnomalyAdmin(SuperuserOnly, ReadOnly, ModelAdmin[Anomaly]):
    """They come from requests; here they are looked at, and something is done about them."""

    list_display = ("what", "about", "how_severe", "state_now", "times", "seen_first", "seen_last")
    list_filter = ("state", "severity", "rule", "subject_kind")
    search_fields = ("subject", "network", "uuid")
    list_per_page = 50
    nothing_yet = gettext_lazy("Nothing unusual.")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Anomaly]:
        """With names, so that a list of any length costs the same queries."""
        users = User.objects.filter(pk=OuterRef("user_id")).values("username")
        keys = ApiKey.objects.filter(pk=OuterRef("key_id")).values("name")
        rows = super().get_queryset(request)
        return rows.annotate(user_name=Subquery(users), key_name=Subquery(keys))

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """The page of one; POST does something about it."""
        if not self.has_view_permission(request):
            return super().change_view(request, object_id, form_url, extra_context)
        row = get_object_or_404(Anomaly, pk=object_id if object_id.isdigit() else 0)
        if request.method == "POST":
            return _done(request, row)
        return render_page(self, request, "ops/admin/anomaly.html", _context(row))

    @display(description=gettext_lazy("what"), ordering="rule")
    def what(self, row: Anomaly) -> SafeString:
        """The rule, and the evidence in a sentence."""
        words = sentence(Rule(row.rule), row.evidence.get("figures", {}))
        return format_html(
            '<span class="cb-two-lines"><strong>{}</strong><small>{}</small></span>',
            row.get_rule_display(),
            words,
        )

    @display(description=gettext_lazy("about"), ordering="subject")
    def about(self, row: Anomaly) -> Any:
        """Whom: `get_queryset` adds the names."""
        if row.subject_kind == Subject.ALL:
            return row.get_subject_kind_display()
        names = row.user_name, row.key_name  # type: ignore[attr-defined]
        return names[0] or names[1] or row.network or row.subject

    @display(description=gettext_lazy("severity"), ordering="severity")
    def how_severe(self, row: Anomaly) -> SafeString:
        """With its colour."""
        return pill(TONES[Severity(row.severity)], row.get_severity_display())

    @display(description=gettext_lazy("state"), ordering="state")
    def state_now(self, row: Anomaly) -> SafeString:
        """With its colour."""
        return pill(STATE_TONES[State(row.state)], row.get_state_display())

    @display(description=gettext_lazy("times"), ordering="count")
    def times(self, row: Anomaly) -> int:
        """How often it was found."""
        return row.count

    @display(description=gettext_lazy("first seen"), ordering="first_seen")
    def seen_first(self, row: Anomaly) -> str:
        """As people read it."""
        return moment(row.first_seen)

    @display(description=gettext_lazy("last seen"), ordering="last_seen")
    def seen_last(self, row: Anomaly) -> str:
        """As people read it."""
        return moment(row.last_seen)


@admin.register(AnomalyPolicy)
class AnomalyPolicyAdmin(SuperuserOnly, ModelAdmin[AnomalyPolicy]):
    """One row for each rule, always there: what is done when it finds something."""

    list_display = ("rule_name", "is_on", "tell_from", "acts")
    list_per_page = 50
    fieldsets = (
        (None, {"fields": ("is_on", "tell_from")}),
        (
            gettext_lazy("What the program does by itself"),
            {
                "fields": ("measure", "measure_from", "measure_minutes", "requests_per_minute"),
                "description": gettext_lazy(
                    "About a user or an API key only. The last administrator is never suspended."
                    " 0 minutes: until somebody lifts it."
                ),
            },
        ),
    )

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """With a row for each rule."""
        policies_ensure()
        if not _channels():
            advice_words = _("Nobody is told: set anomalies.mail_to or anomalies.webhook_url.")
            messages.info(request, advice_words)
        return super().changelist_view(request, extra_context)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """There is one for each rule."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: AnomalyPolicy | None = None) -> bool:
        """Superusers."""
        return self.has_module_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: AnomalyPolicy | None = None) -> bool:
        """There is one for each rule."""
        return False

    @display(description=gettext_lazy("kind"), ordering="rule")
    def rule_name(self, row: AnomalyPolicy) -> str:
        """As people say it."""
        return str(row)

    @display(description=gettext_lazy("does"))
    def acts(self, row: AnomalyPolicy) -> str:
        """What, from which severity on."""
        if row.measure == Measure.NONE:
            return "–"
        return f"{row.get_measure_display()} ({row.get_measure_from_display()})"


def _done(request: HttpRequest, row: Anomaly) -> HttpResponse:
    """Do what the button says; a refusal becomes a message."""
    asked, note = request.POST, request.POST.get("note", "")[:2000]
    wanted, by = asked.get("do", ""), user_of(request)
    try:
        if wanted in State.values:
            anomaly_settle(row, State(wanted), by=by, note=note)
        elif wanted in (Measure.THROTTLE, Measure.BLOCK):
            given = asked.get("minutes", "")
            minutes = int(given) if given.isdecimal() else MINUTES[1]
            restriction_impose(row, Measure(wanted), minutes=minutes, by=by, note=note)
        elif wanted == Deed.LIFT:
            measures_lift(row, by=by, note=note)
        elif note.strip():
            deed_note(row, Deed.NOTE, by=by, note=note)
        messages.success(request, _("Done."))
    except ClawdbotError as error:
        tell_refusal(request, error)
    return HttpResponseRedirect(reverse("admin:ops_anomaly_change", args=[row.pk]))


def _context(row: Anomaly) -> dict[str, Any]:
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


def _channels() -> bool:
    settings = config.load().anomalies
    return bool(settings.webhook_url or (settings.mail_to and mail.is_configured()))
