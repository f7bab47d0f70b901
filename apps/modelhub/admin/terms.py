"""A company's own terms: brought in as a table, or written one by one."""

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminFileFieldWidget,
    UnfoldAdminTextareaWidget,
    UnfoldBooleanSwitchWidget,
)

from apps.core.errors import Invalid, TooLarge
from apps.modelhub.glossaries.files import terms_read
from apps.modelhub.glossaries.tables import decoded
from apps.modelhub.models import Profile
from apps.modelhub.profiles.own_terms import terms_add, terms_replace

MOST_BYTES = 5_000_000


class TermsForm(forms.Form):
    """A table of terms, as text or as a file."""

    text = forms.CharField(
        label=_("Table"),
        required=False,
        help_text=_(
            "A line for each term: English, Chinese, other names separated by |, meaning; columns "
            "separated by tabs, as copied from a spreadsheet, or by commas. One of the first two "
            "may be empty. A ? behind a name: it may mean something else, too."
        ),
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 8}),
    )
    file = forms.FileField(
        label=_("or a file (TSV, CSV)"), required=False, widget=UnfoldAdminFileFieldWidget()
    )
    replace = forms.BooleanField(
        label=_("in place of all terms that are there now"),
        required=False,
        widget=UnfoldBooleanSwitchWidget(),
    )

    def save(self, profile: Profile) -> int:
        """Bring the terms in; returns how many there are in the table. Raises Invalid, TooLarge."""
        terms = terms_read(self._table())
        is_emptied = self.cleaned_data["replace"]
        if not terms and not is_emptied:
            raise Invalid(gettext("There is no term in it."))
        (terms_replace if is_emptied else terms_add)(profile, terms)
        return len(terms)

    def _table(self) -> str:
        file: UploadedFile[bytes] | None = self.cleaned_data["file"]
        if file is None:
            return str(self.cleaned_data["text"])
        if (file.size or 0) > MOST_BYTES:
            raise TooLarge(gettext("A table of terms may have 5 MB."))
        return decoded(file.read())
