"""Grants as rows on the pages of a collection and of a group."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import Model
from django.forms import BaseModelFormSet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.accounts.signed_in import user_of
from apps.core.adminsite import TabularInline, plain_choice
from apps.knowledge import access
from apps.knowledge.models import Collection, Grant, Permission
from apps.knowledge.services import access_grant, access_revoke


class GrantForm(forms.ModelForm[Grant]):
    """A grant names exactly one principal; the database's own constraint says so."""

    class Meta:
        model = Grant
        fields = ("collection", "user", "group", "is_everyone", "permission")
        labels = {"user": _("User"), "group": _("Group"), "is_everyone": _("Everyone")}


class CollectionGrants(TabularInline[Grant, Collection]):
    """Who may use this collection."""

    model = Grant
    form = GrantForm
    fields = ("user", "group", "is_everyone", "permission")
    autocomplete_fields = ("user", "group")
    extra = 0
    hide_title = True
    verbose_name = _("access")
    verbose_name_plural = _("Access")

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Chosen only: people and groups have pages of their own."""
        return plain_choice(super().formfield_for_dbfield(db_field, request, **kwargs))

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Whoever sees the collection's page sees who may use it."""
        return True

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Those who manage the collection."""
        return _manages(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Those who manage the collection."""
        return _manages(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Those who manage the collection."""
        return _manages(request, obj)


def save_grants(formset: BaseModelFormSet[Any, Any], by: User) -> None:
    """Write the rows of a form through the services: revoke what went, grant what came."""
    formset.save(commit=False)
    for gone in formset.deleted_objects:
        access_revoke(grant=gone, by=by)
    changed: Sequence[tuple[Grant, Sequence[str]]] = formset.changed_objects
    for grant, fields in changed:
        if set(fields) - {"permission"}:
            access_revoke(grant=Grant.objects.get(pk=grant.pk), by=by)
    for grant in [*(grant for grant, _fields in changed), *formset.new_objects]:
        access_grant(
            collection=grant.collection,
            permission=Permission(grant.permission),
            to=grant.user or grant.group,
            by=by,
        )


def _manages(request: HttpRequest, collection: Model | None) -> bool:
    if not isinstance(collection, Collection):
        return False
    managed = access.collections_of(user_of(request), Permission.MANAGE)
    return managed.filter(pk=collection.pk).exists()
