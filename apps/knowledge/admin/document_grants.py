"""Grants and denials as rows on the page of a document."""

from typing import Any

from django import forms
from django.db.models import Model
from django.forms import BaseModelFormSet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.accounts.signed_in import user_of
from apps.core.adminsite import TabularInline, plain_choice
from apps.knowledge.access import collections_of
from apps.knowledge.document_access import document_deny, document_grant, document_grant_revoke
from apps.knowledge.models import Document, DocumentGrant, Permission


class DocumentGrantForm(forms.ModelForm[DocumentGrant]):
    """Names exactly one principal; the database's own constraint says so."""

    class Meta:
        model = DocumentGrant
        fields = ("document", "user", "group", "is_everyone", "is_denied")
        labels = {
            "user": _("User"),
            "group": _("Group"),
            "is_everyone": _("Everyone"),
            "is_denied": _("Must not read it"),
        }
        help_texts = {
            "is_denied": _(
                "A denial wins over every grant, also those of the collection. Administrators are "
                "exempt. Who denies a document to themselves cannot take that back."
            )
        }


class DocumentGrants(TabularInline[DocumentGrant, Document]):
    """Who may read this document, beside the readers of its collection, and who must not."""

    model = DocumentGrant
    form = DocumentGrantForm
    fields = ("user", "group", "is_everyone", "is_denied")
    autocomplete_fields = ("user", "group")
    extra = 0
    hide_title = True
    verbose_name = _("access")
    verbose_name_plural = _("Who may read this document")

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Chosen only: people and groups have pages of their own."""
        return plain_choice(super().formfield_for_dbfield(db_field, request, **kwargs))

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Those who manage the collection: others need not know from whom it is kept.

        Django asks without a document whether to look for rows at all.
        """
        return obj is None or _manages(request, obj)

    def has_add_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Those who manage the collection."""
        return _manages(request, obj)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Those who manage the collection."""
        return _manages(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Those who manage the collection."""
        return _manages(request, obj)


def save_document_grants(formset: BaseModelFormSet[Any, Any], by: User) -> None:
    """Write the rows of a form through the services: take back what went, then what came.

    Denials come last: one of them may keep the document from `by`.
    """
    formset.save(commit=False)
    changed: list[DocumentGrant] = [rule for rule, _fields in formset.changed_objects]
    for gone in [*formset.deleted_objects, *changed]:
        document_grant_revoke(grant=DocumentGrant.objects.get(pk=gone.pk), by=by)
    for rule in sorted([*changed, *formset.new_objects], key=lambda one: one.is_denied):
        write = document_deny if rule.is_denied else document_grant
        write(document=rule.document, to=rule.user or rule.group, by=by)


def _manages(request: HttpRequest, document: Model | None) -> bool:
    if not isinstance(document, Document):
        return False
    managed = collections_of(user_of(request), Permission.MANAGE)
    return managed.filter(pk=document.collection_id).exists()
