"""What people fill in: a new collection, a document's description, its next version."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from apps.core.addresses import web_address
from apps.knowledge.models import Document
from apps.knowledge.models.collections import Language
from apps.portal.browse import metadata
from ingest.submissions import OnConflict

INPUT = {"class": "input"}


class CollectionForm(forms.Form):
    """A collection to be made."""

    name = forms.CharField(
        label=_("Name"),
        max_length=200,
        widget=forms.TextInput(INPUT | {"autofocus": True, "autocomplete": "off"}),
    )
    description = forms.CharField(
        label=_("Description"),
        required=False,
        max_length=10_000,
        widget=forms.Textarea({"class": "textarea", "rows": 3}),
        help_text=_("What is in it and whom it helps: people choose by this."),
    )
    language = forms.ChoiceField(
        label=_("Language"),
        choices=Language.choices,
        required=False,
        widget=forms.Select({"class": "select"}),
    )

    def clean_language(self) -> str:
        """Automatic when nothing was chosen."""
        return str(self.cleaned_data["language"] or Language.AUTO)


class DescriptionForm(forms.Form):
    """Title, address and metadata of a document."""

    title = forms.CharField(label=_("Title"), max_length=500, widget=forms.TextInput(INPUT))
    url = forms.CharField(
        label=_("Address of the original"),
        required=False,
        max_length=2000,
        widget=forms.URLInput(INPUT | {"placeholder": "https://"}),
    )
    metadata = forms.CharField(
        label=_("Metadata"),
        required=False,
        strip=False,
        widget=forms.Textarea({"class": "textarea", "rows": 4, "spellcheck": "false"}),
        help_text=_("One pair a line, for example: department: finance"),
    )

    def __init__(self, data: Any = None, *, document: Document) -> None:
        self._before = document.metadata
        shown = {
            "title": document.title,
            "url": document.url,
            "metadata": metadata.as_lines(document.metadata),
        }
        super().__init__(data, initial=shown, auto_id="describe-%s")

    def clean_url(self) -> str:
        """A web address, or nothing."""
        url: str = self.cleaned_data["url"]
        if url and not web_address(url):
            raise forms.ValidationError(_("Give an address that begins with http:// or https://."))
        return url

    def clean_metadata(self) -> dict[str, Any]:
        """The pairs."""
        return metadata.from_lines(self.cleaned_data["metadata"], self._before)


class FilesField(forms.FileField):
    """Any number of files."""

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        """Each of them; the empty ones too: the service tells what is wrong with a file."""
        one = super().clean
        return [one(file, initial) for file in data or []]


class ManyFiles(forms.ClearableFileInput):
    """An input that takes several files."""

    allow_multiple_selected = True


class UploadForm(forms.Form):
    """Files sent by a browser without scripts."""

    file = FilesField(widget=ManyFiles(), allow_empty_file=True, max_length=500)
    on_conflict = forms.ChoiceField(
        choices=[(choice.value, choice.value) for choice in OnConflict], required=False
    )

    def clean_on_conflict(self) -> OnConflict:
        """Replace when nothing was chosen."""
        return OnConflict(self.cleaned_data["on_conflict"] or OnConflict.REPLACE)
