"""Admin pages of what is compared: own costs, and prices of clouds."""

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from apps.core.adminsite import ModelAdmin, SuperuserOnly, display
from apps.ops.report_records import OwnCost, PriceRow
from apps.ops.reports.spending import own_cost, tokens_a_question
from apps.ops.reports.telling import words

PRICES = ("per_million_in", "per_million_out", "per_question", "per_user_month", "per_month")
MONEY = ("hardware", "per_kwh", "per_hour", "per_month")


class _PlainDecimals:
    """380000 in a field, not 380000.0000 as the database keeps it."""

    def get_initial_for_field(self, field: forms.Field, field_name: str) -> Any:
        value = super().get_initial_for_field(field, field_name)  # type: ignore[misc]
        return Decimal(f"{value.normalize():f}") if isinstance(value, Decimal) else value


class PriceForm(_PlainDecimals, forms.ModelForm[PriceRow]):
    """Somebody's prices; at least one."""

    class Meta:
        model = PriceRow
        fields = ("name", "currency", *PRICES, "rate", "source", "checked_on", "is_active")

    def clean(self) -> dict[str, Any]:
        """Without a price there is nothing to compare."""
        found = super().clean() or self.cleaned_data
        is_valid = not any(name in self.errors for name in PRICES)
        if is_valid and all(found.get(name) is None for name in PRICES):
            raise forms.ValidationError(_("Enter at least one price."))
        return found


@admin.register(PriceRow)
class PriceRowAdmin(SuperuserOnly, ModelAdmin[PriceRow]):
    """Offers that the monthly report compares the own costs with."""

    form = PriceForm
    list_display = ("name", "currency", "prices", "source", "checked_on", "is_active")
    list_filter = ("is_active",)
    search_fields = ("name", "source")
    fieldsets = (
        (None, {"fields": ("name", ("currency", "rate"), "is_active")}),
        (_("Prices"), {"fields": (("per_million_in", "per_million_out"), "per_question",
                                  "per_user_month", "per_month"),
                       "description": _("Empty: nothing is asked for that.")}),
        (_("Where they are from"), {"fields": ("source", "checked_on")}),
    )  # fmt: skip

    @display(description=_("Prices"))
    def prices(self, row: PriceRow) -> str:
        """Those that were entered."""
        labels = {field.name: field.verbose_name for field in PriceRow._meta.concrete_fields}
        told = [
            f"{labels[name]}: {words.number(value, 2)}"
            for name in PRICES
            if (value := getattr(row, name)) is not None
        ]
        return words.listed(told)


class OwnCostForm(_PlainDecimals, forms.ModelForm[OwnCost]):
    """Money has a currency."""

    class Meta:
        model = OwnCost
        fields = ("currency", *MONEY, "years", "power_w", "hours_month", "tokens_in", "tokens_out")
        help_texts = {"currency": _("Three capital letters, like EUR or CNY.")}

    def clean(self) -> dict[str, Any]:
        """Which one must be said where there is any."""
        found = super().clean() or self.cleaned_data
        if any(found.get(name) for name in MONEY) and not found.get("currency"):
            raise forms.ValidationError({"currency": _("Say in which currency these costs are.")})
        return found


@admin.register(OwnCost)
class OwnCostAdmin(SuperuserOnly, ModelAdmin[OwnCost]):
    """One form: what this installation costs."""

    form = OwnCostForm
    fieldsets = (
        (None, {"fields": ("currency",)}),
        (_("Machines and power"), {"fields": (("hardware", "years"), ("power_w", "per_kwh"))}),
        (_("Work and other costs"), {"fields": (("hours_month", "per_hour"), "per_month")}),
        (_("What a cloud would be sent"), {"fields": (("tokens_in", "tokens_out"), "assumed")}),
    )
    readonly_fields = ("assumed",)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """There is one."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """It stays; its fields can be emptied."""
        return False

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """The form, at once."""
        if not self.has_view_permission(request):
            return HttpResponse(status=403)
        row = own_cost()
        return HttpResponseRedirect(reverse("admin:ops_owncost_change", args=(row.pk,)))

    @display(description=_("Assumed now, per question"))
    def assumed(self, row: OwnCost) -> str:
        """What goes for those without a language model."""
        read, written = tokens_a_question(row)
        return _("%(read)s tokens read, %(written)s written") % {
            "read": words.number(read),
            "written": words.number(written),
        }
