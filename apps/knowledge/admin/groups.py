"""Admin page of groups: their members and the collections they may use."""

from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.auth import admin as _admin  # noqa: F401  registers what is replaced here
from django.contrib.auth.models import Group
from django.db.models import Count, Model, Q, QuerySet
from django.forms import BaseModelFormSet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelect2MultipleWidget

from apps.accounts.models import User
from apps.accounts.signed_in import user_of
from apps.core.adminsite import ModelAdmin, TabularInline, display, plain_choice
from apps.knowledge.access import collections_of
from apps.knowledge.admin.grants import GrantForm, save_grants
from apps.knowledge.models import Grant, Permission

admin.site.unregister(Group)


class GroupForm(forms.ModelForm[Group]):
    """A group with its members, who are stored on the other side."""

    members = forms.ModelMultipleChoiceField(
        queryset=User.objects.order_by("username"),
        required=False,
        label=_("Members"),
        widget=UnfoldAdminSelect2MultipleWidget,
    )

    class Meta:
        model = Group
        fields = ("name",)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial["members"] = User.objects.filter(groups=self.instance)


class GroupGrants(TabularInline[Grant, Group]):
    """Which collections the group may use."""

    model = Grant
    form = GrantForm
    fields = ("collection", "permission")
    extra = 0
    hide_title = True
    verbose_name = _("collection")
    verbose_name_plural = _("Collections")

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Chosen only: people and groups have pages of their own."""
        return plain_choice(super().formfield_for_dbfield(db_field, request, **kwargs))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Grant]:
        """Grants on collections that the viewer may read: a name may tell too much."""
        readable = collections_of(user_of(request), Permission.READ)
        grants = super().get_queryset(request).filter(collection__in=readable)
        return grants.select_related("collection")

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Only what the viewer may read is offered."""
        if db_field.name == "collection":
            kwargs["queryset"] = collections_of(user_of(request), Permission.READ)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


@admin.register(Group)
class GroupAdmin(ModelAdmin[Group]):
    """Membership gives reading rights, so only superusers change it; staff may look."""

    form = GroupForm
    fields = ("name", "members")
    inlines = (GroupGrants,)
    list_display = ("name", "member_count", "collection_count")
    search_fields = ("name",)
    ordering = ("name",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Group]:
        """With counts of members and of the collections that the viewer may read."""
        readable = Q(grants__collection__in=collections_of(user_of(request), Permission.READ))
        return (
            super()
            .get_queryset(request)
            .annotate(
                members_n=Count("user", distinct=True),
                grants_n=Count("grants", filter=readable, distinct=True),
            )
        )

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Superusers."""
        return user_of(request).is_superuser

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Superusers."""
        return self.has_add_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Superusers."""
        return self.has_add_permission(request)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Members beside the grants."""
        super().save_related(request, form, formsets, change)
        form.instance.user_set.set(form.cleaned_data["members"])

    def save_formset(
        self, request: HttpRequest, form: Any, formset: BaseModelFormSet[Any, Any], change: bool
    ) -> None:
        """Grants are written by the services."""
        save_grants(formset, user_of(request))

    @display(description=_("members"), ordering="members_n")
    def member_count(self, group: Any) -> int:
        """How many people."""
        return int(group.members_n)

    @display(description=_("collections"), ordering="grants_n")
    def collection_count(self, group: Any) -> int:
        """How many collections the group may use."""
        return int(group.grants_n)
