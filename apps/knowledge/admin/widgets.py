"""Admin page of widgets: where they may be shown, as whom they answer, what to paste."""

from typing import Any

from django.contrib import admin
from django.db.models import ForeignKey, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from apps.accounts.models import User
from apps.accounts.signed_in import user_of
from apps.core.adminsite import ModelAdmin, display, pill, plain_choice
from apps.knowledge.access import collections_of
from apps.knowledge.admin.widget_form import WidgetForm
from apps.knowledge.models import Permission, Widget
from apps.knowledge.widgets import warnings_of, widget_create, widget_delete, widget_update


@admin.register(Widget)
class WidgetAdmin(ModelAdmin[Widget]):
    """Widgets of the collections that the viewer manages."""

    form = WidgetForm
    list_display = ("collection", "shown_title", "acts_as", "places", "state")
    list_select_related = ("collection", "acts_as")
    list_filter = ("is_active",)
    search_fields = ("title", "collection__name", "acts_as__username")
    fieldsets = (
        (None, {"fields": ("collection", "acts_as", "origins", "is_active")}),
        (_("Appearance and limit"), {"fields": ("title", "greeting", "questions_per_minute")}),
    )
    change_form_outer_before_template = "knowledge/admin/widget_snippet.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Widget]:
        """Of collections that the viewer manages."""
        managed = collections_of(user_of(request), Permission.MANAGE)
        return super().get_queryset(request).filter(collection__in=managed)

    def get_readonly_fields(self, request: HttpRequest, obj: Widget | None = None) -> Any:
        """A widget stays with its collection."""
        return ("collection",) if obj else ()

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """`?collection=` comes from the collection's page."""
        chosen = super().get_changeform_initial_data(request)
        return {**chosen, "title": "", "greeting": ""}

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Chosen only: collections and users have pages of their own."""
        return plain_choice(super().formfield_for_dbfield(db_field, request, **kwargs))

    def formfield_for_foreignkey(
        self, db_field: "ForeignKey[Any, Any]", request: HttpRequest, **kwargs: Any
    ) -> Any:
        """Collections without a widget; users as whom the viewer may let it act."""
        user = user_of(request)
        if db_field.name == "collection":
            kwargs["queryset"] = collections_of(user, Permission.MANAGE).filter(widget=None)
        else:
            kwargs["queryset"] = _possible(user, request)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: Widget, form: Any, change: bool) -> None:
        """Written by the services, which check the rights again."""
        settings, user = form.settings(), user_of(request)
        if change:
            widget_update(widget=obj, settings=settings, by=user)
        else:
            obj.pk = widget_create(collection=obj.collection, settings=settings, by=user).pk

    def delete_model(self, request: HttpRequest, obj: Widget) -> None:
        """Through the service."""
        widget_delete(widget=obj, by=user_of(request))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Widget]) -> None:
        """Through the service, one by one."""
        for widget in queryset:
            widget_delete(widget=widget, by=user_of(request))

    def response_add(
        self, request: HttpRequest, obj: Widget, post_url_continue: str | None = None
    ) -> HttpResponse:
        """On to its own page: there is what to paste."""
        super().response_add(request, obj, post_url_continue)
        return HttpResponseRedirect(reverse("admin:knowledge_widget_change", args=(obj.pk,)))

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """With what to paste, and what is riskier than need be."""
        widget = self.get_object(request, object_id)
        shown: dict[str, Any] = {}
        if widget is not None:
            shown = {
                "widget": widget,
                "script": request.build_absolute_uri(reverse("widget_script")),
                "preview": reverse("widget_preview", args=(widget.collection.uuid,)),
                "warnings": warnings_of(widget),
            }
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **shown})

    @display(description=_("title"), ordering="title")
    def shown_title(self, widget: Widget) -> str:
        """What stands above the panel."""
        return str(widget)

    @display(description=_("allowed origins"))
    def places(self, widget: Widget) -> str:
        """Where it may be shown."""
        return ", ".join(widget.origins)

    @display(description=_("state"), ordering="is_active")
    def state(self, widget: Widget) -> SafeString:
        """Whether it answers."""
        if widget.is_active:
            return pill("good", pgettext_lazy("switched on", "Active"))
        return pill("quiet", _("Switched off"))


def _possible(user: User, request: HttpRequest) -> QuerySet[User]:
    """Active users who are no administrators; others than administrators: themselves.

    The one that is chosen already stays a choice.
    """
    users = User.objects.filter(is_active=True, is_superuser=False)
    if not user.is_superuser:
        match = request.resolver_match
        chosen = Widget.objects.filter(pk=match.kwargs.get("object_id", 0) if match else 0)
        users = User.objects.filter(
            Q(pk__in=users.filter(pk=user.pk)) | Q(pk__in=chosen.values("acts_as"))
        )
    return users.order_by("username")
