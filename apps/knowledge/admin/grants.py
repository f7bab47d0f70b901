"""Grants as rows on the pages of a collection and of a group."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import Model
from django.forms import BaseModelFormSet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.knowledge.admin.principals import LABELS, GrantRows
from apps.knowledge.models import Collection, Grant, Permission
from apps.knowledge.services import access_grant, access_revoke


class GrantForm(forms.ModelForm[Grant]):
    """A grant names exactly one principal; the database's own constraint says so."""

    class Meta:
        model = Grant
        fields = ("collection", "user", "group", "is_everyone", "permission")
        labels = LABELS


class CollectionGrants(GrantRows[Grant, Collection]):
    """Who may use this collection."""

    model = Grant
    form = GrantForm
    fields = ("user", "group", "is_everyone", "permission")
    verbose_name_plural = _("Access")

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Whoever sees the collection's page sees who may use it."""
        return True


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
