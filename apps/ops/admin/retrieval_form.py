"""What can be tried on the page “Try retrieval”."""

from datetime import datetime, time
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelect2MultipleWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
)

from apps.accounts.models import User
from apps.generation.answer import MAX_CHARACTERS
from apps.knowledge.access import Scope, collections_of
from apps.knowledge.models import Collection, Permission
from apps.retrieval.inspection import Asked
from apps.retrieval.protocols import Filters

LANGUAGES = [("", _("Any language")), ("en", _("English")), ("zh", _("Chinese"))]
DEFAULT_HITS, MOST_HITS = 10, 50


class DateInput(forms.DateInput):
    """The browser's own calendar."""

    input_type = "date"


class RetrievalForm(forms.Form):
    """A query, where to search, as whom. `viewer` is who looks; superusers may look as others."""

    q = forms.CharField(label=_("Query"), max_length=MAX_CHARACTERS)
    collections = forms.ModelMultipleChoiceField(
        queryset=Collection.objects.none(),
        required=False,
        label=_("Collections"),
        help_text=_("None chosen: all."),
        widget=UnfoldAdminSelect2MultipleWidget,
    )
    user = forms.CharField(
        label=_("As user"),
        required=False,
        help_text=_("A user name: shows what this person finds."),
        widget=UnfoldAdminTextInputWidget(attrs={"autocomplete": "off", "list": "user-names"}),
    )
    top_k = forms.IntegerField(
        label=_("Hits"),
        min_value=1,
        max_value=MOST_HITS,
        required=False,
        widget=UnfoldAdminIntegerFieldWidget(attrs={"placeholder": str(DEFAULT_HITS)}),
    )
    language = forms.ChoiceField(
        label=_("Language"), choices=LANGUAGES, required=False, widget=UnfoldAdminSelectWidget
    )
    after = forms.DateField(label=_("Added since"), required=False, widget=DateInput)
    before = forms.DateField(label=_("Added before"), required=False, widget=DateInput)
    metadata = forms.CharField(
        label=_("Metadata"),
        required=False,
        help_text=_("Like department=HR"),
        widget=UnfoldAdminTextInputWidget,
    )

    def __init__(self, *args: Any, viewer: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.viewer = viewer
        chosen: Any = self.fields["collections"]
        chosen.queryset = collections_of(viewer, Permission.READ)
        if not viewer.is_superuser:
            del self.fields["user"]

    def clean_user(self) -> User | None:
        """The user of that name."""
        name = self.cleaned_data["user"].strip()
        found = User.objects.filter(username=name).first() if name else None
        if name and found is None:
            raise forms.ValidationError(_("There is no user of this name."))
        return found

    def clean_metadata(self) -> dict[str, str]:
        """One pair, or nothing."""
        pair = self.cleaned_data["metadata"].strip()
        key, is_pair, value = pair.partition("=")
        if pair and not (is_pair and key.strip()):
            raise forms.ValidationError(_("Write a key, an equals sign and a value."))
        return {key.strip(): value.strip()} if pair else {}

    def asked(self) -> Asked:
        """What is to be looked into, once the form is valid."""
        values = self.cleaned_data
        asker: User = values.get("user") or self.viewer
        readable = Scope.of(asker)
        chosen = frozenset(collection.pk for collection in values["collections"])
        return Asked(
            query=values["q"],
            scope=readable.within(chosen) if chosen else readable,
            readable=readable,
            viewer=Scope.of(self.viewer),
            top_k=values["top_k"] or DEFAULT_HITS,
            filters=Filters(
                languages=(values["language"],) if values["language"] else (),
                created_after=_midnight(values["after"]),
                created_before=_midnight(values["before"]),
                metadata=values["metadata"],
            ),
        )


def _midnight(day: Any) -> datetime | None:
    return timezone.make_aware(datetime.combine(day, time.min)) if day else None
