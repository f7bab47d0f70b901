"""The admin page of single terms of a company."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextInputWidget

from apps.core.adminsite import ModelAdmin, SuperuserOnly, display
from apps.core.errors import Invalid
from apps.modelhub.glossaries.files import terms_read
from apps.modelhub.models import Profile, Term
from apps.modelhub.profiles.own_terms import profile_changed

_BETWEEN = " | "


class NamesField(forms.CharField):
    """A list of names in one line."""

    def prepare_value(self, value: Any) -> Any:
        """The names as they are edited."""
        return _BETWEEN.join(value) if isinstance(value, list) else value

    def to_python(self, value: Any) -> Any:
        """The names without empty ones, each once."""
        names = (name.strip() for name in str(value or "").replace("｜", "|").split("|"))
        return list(dict.fromkeys(name for name in names if name))

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Whether the names are others."""
        return bool(list(initial or []) != self.to_python(data))


class TermForm(forms.ModelForm[Term]):
    """A term whose other names stand in one line."""

    synonyms = NamesField(
        label=_("Other names"),
        required=False,
        help_text=_("Separated by |. A ? behind a name: it may mean something else, too."),
        widget=UnfoldAdminTextInputWidget(),
    )

    def clean(self) -> dict[str, Any]:
        """As in a table, which it must be readable from again."""
        said = self.cleaned_data
        if not (said.get("en") or said.get("zh")):
            raise forms.ValidationError(_("There is neither an English nor a Chinese name."))
        cells = (said.get("en"), said.get("zh"), _BETWEEN.join(said.get("synonyms", [])))
        try:
            read = terms_read("\t".join((*map(str, cells), said.get("note", ""))))
        except Invalid as error:
            raise forms.ValidationError((error.details or {})["lines"]) from error
        if len(read) != 1:
            raise forms.ValidationError(_("There is no term in it."))
        return said


@admin.register(Term)
class TermAdmin(SuperuserOnly, ModelAdmin[Term]):
    """Superusers change them; every process knows within a second."""

    form = TermForm
    fields = ("profile", "en", "zh", "synonyms", "note")
    list_display = ("en", "zh", "others", "profile")
    list_filter = ("profile",)
    list_select_related = ("profile",)
    search_fields = ("en", "zh", "note")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Superusers only."""
        return self.has_module_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Term | None = None) -> bool:
        """Superusers only."""
        return self.has_module_permission(request)

    def has_delete_permission(self, request: HttpRequest, obj: Term | None = None) -> bool:
        """Superusers only."""
        return self.has_module_permission(request)

    @display(description=_("other names"))
    def others(self, term: Term) -> str:
        """As people write them."""
        return ", ".join(term.synonyms)

    @transaction.atomic
    def save_model(self, request: HttpRequest, obj: Term, form: Any, change: bool) -> None:
        """The profile that it leaves, and the one that it comes to, have changed."""
        left = Profile.objects.filter(terms=obj.pk) if obj.pk else Profile.objects.none()
        concerned = {profile.pk: profile for profile in (*left, obj.profile)}
        obj.save()
        for profile in concerned.values():
            profile_changed(profile)

    @transaction.atomic
    def delete_model(self, request: HttpRequest, obj: Term) -> None:
        """Its profile has changed."""
        obj.delete()
        profile_changed(obj.profile)

    @transaction.atomic
    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Term]) -> None:
        """Their profiles have changed."""
        concerned = list(Profile.objects.filter(terms__in=queryset).distinct())
        queryset.delete()
        for profile in concerned:
            profile_changed(profile)
