"""The admin page of what is done when a rule finds something."""

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.core import config, mail
from apps.core.adminsite import ModelAdmin, SuperuserOnly, display
from apps.ops.anomalies.kinds import Measure
from apps.ops.anomalies.policies import policies_ensure
from apps.ops.models import AnomalyPolicy


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


def _channels() -> bool:
    settings = config.load().anomalies
    return bool(settings.webhook_url or (settings.mail_to and mail.is_configured()))
