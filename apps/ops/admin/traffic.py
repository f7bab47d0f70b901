"""Admin page of traffic limits: for whom, how much, what is used of it now."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import TrafficLimit
from apps.core.adminsite import ModelAdmin, SuperuserOnly, display, plain_choice
from apps.core.traffic.protocols import Limited, OutOfReach, Rule
from apps.core.traffic.rooms import room
from apps.generation.limits import today

SHORT = {
    Limited.REQUESTS: _("this minute: %(n)s"),
    Limited.TOKENS: _("tokens this minute: %(n)s"),
    Limited.STREAMS: _("at this moment: %(n)s"),
    Limited.DAY: _("today: %(n)s"),
}


class TrafficLimitForm(forms.ModelForm[TrafficLimit]):
    """One user, one key or one group; an empty limit is as configured, 0 is none."""

    class Meta:
        model = TrafficLimit
        fields = (
            *("user", "key", "group"),
            *("requests_per_minute", "tokens_per_minute", "streams", "requests_per_day"),
        )
        labels = {"user": _("User"), "key": _("API key"), "group": _("Group")}
        help_texts = {
            "user": _("With all API keys and in the portal."),
            "key": _("Counted for this key alone; goes before the limit of its user."),
            "group": _("For each member; of several groups the most generous counts."),
            "requests_per_minute": _("Empty: as configured. 0: no limit. So are those below."),
        }

    def clean(self) -> dict[str, Any]:
        """For exactly one."""
        found = super().clean() or self.cleaned_data
        if sum(bool(found.get(name)) for name in ("user", "key", "group")) != 1:
            raise forms.ValidationError(_("Choose one: a user, an API key or a group."))
        return found


@admin.register(TrafficLimit)
class TrafficLimitAdmin(SuperuserOnly, ModelAdmin[TrafficLimit]):
    """Limits that differ from the configured ones."""

    form = TrafficLimitForm
    list_display = (
        *("whose", "kind"),
        *("requests_per_minute", "tokens_per_minute", "streams", "requests_per_day"),
        "used",
    )
    list_select_related = ("user", "key", "group")
    search_fields = ("user__username", "key__name", "group__name")
    list_per_page = 50

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Chosen only: users, keys and groups have pages of their own."""
        return plain_choice(super().formfield_for_dbfield(db_field, request, **kwargs))

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Superusers."""
        return self.has_module_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: TrafficLimit | None = None) -> bool:
        """Superusers."""
        return self.has_module_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: TrafficLimit | None = None) -> bool:
        """Superusers."""
        return self.has_module_permission(request)

    @display(description=_("for"))
    def whose(self, limit: TrafficLimit) -> str:
        """The name."""
        return str(limit)

    @display(description=_("kind"))
    def kind(self, limit: TrafficLimit) -> Any:
        """What has the name."""
        if limit.group_id:
            return _("Group")
        return _("API key") if limit.key_id else _("User")

    @display(description=_("used now"))
    def used(self, limit: TrafficLimit) -> str:
        """What counts now; of a group each member has their own."""
        if limit.group_id:
            return "–"
        subject = f"key:{limit.key_id}" if limit.key_id else f"user:{limit.user_id}"
        rules = [Rule(one, subject, most) for one in Limited if (most := getattr(limit, one))]
        try:
            found = room().store.used(rules, today())
        except OutOfReach:
            return "?"
        return ", ".join(str(SHORT[rule.limited]) % {"n": one.count} for rule, one in found.items())
