"""What the steps take in."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.accounts.models import User
from apps.knowledge.models import Collection, Permission


class CollectionForm(forms.Form):
    """A name, and whether all who sign in may read."""

    name = forms.CharField(
        label=_("Name"), max_length=Collection._meta.get_field("name").max_length or 200
    )
    is_for_everyone = forms.BooleanField(required=False, initial=True)


class PersonForm(forms.Form):
    """Who may sign in, and what they may do."""

    name = forms.CharField(
        label=_("User name"), max_length=User._meta.get_field("username").max_length or 150
    )
    group = forms.CharField(label=_("Group"), required=False, max_length=150)
    permission = forms.TypedChoiceField(
        coerce=lambda value: Permission(int(value)),
        choices=Permission.choices,
        initial=Permission.READ,
    )

    def again(self) -> dict[str, Any]:
        """What stays for the next person: the same group and right."""
        return {key: self.cleaned_data[key] for key in ("group", "permission")}
