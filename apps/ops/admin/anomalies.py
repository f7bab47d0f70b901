"""The admin list of anomalies: what was found, about whom, how often."""

from typing import Any

from django.contrib import admin
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy

from apps.accounts.models import ApiKey, User
from apps.core.admin_actions import asked_about
from apps.core.adminsite import (
    ModelAdmin,
    ReadOnly,
    SuperuserOnly,
    display,
    moment,
    pill,
    render_page,
)
from apps.core.digits import number_in
from apps.ops.admin import anomaly_page
from apps.ops.anomalies.kinds import Measure, Rule, Severity, State, Subject
from apps.ops.anomalies.selectors import TONES
from apps.ops.anomalies.wording import sentence
from apps.ops.models import Anomaly


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
        row = get_object_or_404(Anomaly, pk=number_in(object_id) or 0)
        if request.method == "POST":
            return self._asked_about(request, row) or anomaly_page.done(request, row)
        return render_page(self, request, "ops/admin/anomaly.html", anomaly_page.context_of(row))

    def _asked_about(self, request: HttpRequest, row: Anomaly) -> HttpResponse | None:
        if request.POST.get("do") != Measure.BLOCK:
            return None
        question = anomaly_page.suspension_of(request, row)
        return asked_about(self, request, question, fields=("do", "minutes", "note"))

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
        return pill(anomaly_page.STATE_TONES[State(row.state)], row.get_state_display())

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
