"""Grants and denials as rows on the page of a document."""

from typing import Any

from django import forms
from django.db.models import Model
from django.forms import BaseModelFormSet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.knowledge.admin.principals import LABELS, GrantRows, is_manager
from apps.knowledge.document_access import document_deny, document_grant, document_grant_revoke
from apps.knowledge.models import Document, DocumentGrant


class DocumentGrantForm(forms.ModelForm[DocumentGrant]):
    """Names exactly one principal; the database's own constraint says so."""

    class Meta:
        model = DocumentGrant
        fields = ("document", "user", "group", "is_everyone", "is_denied")
        labels = LABELS | {"is_denied": _("Must not read it")}
        help_texts = {
            "is_denied": _(
                "A denial wins over every grant, also those of the collection. Administrators are "
                "exempt. Who denies a document to themselves cannot take that back."
            )
        }


class DocumentGrants(GrantRows[DocumentGrant, Document]):
    """Who may read this document, beside the readers of its collection, and who must not."""

    model = DocumentGrant
    form = DocumentGrantForm
    fields = ("user", "group", "is_everyone", "is_denied")
    verbose_name_plural = _("Who may read this document")

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Those who manage the collection: others need not know from whom it is kept.

        Django asks without a document whether to look for rows at all.
        """
        return obj is None or is_manager(request, obj)


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
