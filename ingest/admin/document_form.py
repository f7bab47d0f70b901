"""The form of a document's description: title, address, metadata as keys and values."""

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django import forms
from django.forms.widgets import Script
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextInputWidget

from apps.core.addresses import web_address
from apps.knowledge.models import Document

MAX_METADATA_CHARS = 20_000
EMPTY_ROWS = 2
Pairs = list[tuple[str, str]]


class PairsWidget(forms.Widget):
    """Rows of a key and a value; one without a key is left out."""

    template_name = "ingest/admin/pairs.html"

    class Media:
        js = (Script("ingest/pairs.js", type="module"),)

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        """With the rows, and some empty ones for who has no script."""
        context: dict[str, Any] = super().get_context(name, value, attrs)
        rows = [*(value or []), *[("", "")] * EMPTY_ROWS]
        return {**context, "rows": rows, "name": name}

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Pairs:
        """The rows that are not empty."""
        keys, values = data.getlist(f"{name}-key"), data.getlist(f"{name}-value")
        rows = zip(keys, values, strict=False)
        return [(key.strip(), value.strip()) for key, value in rows if key.strip() or value.strip()]

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        """No row came at all: leave it as it is."""
        return f"{name}-key" not in data

    def id_for_label(self, id_: str, index: str | None = None) -> str:
        """The first key."""
        return f"{id_}-key-1"


class PairsField(forms.Field):
    """A JSON object as rows. What reads as a number, true, false, null, [...] or {...} is that."""

    widget = PairsWidget
    default_error_messages = {
        "no_key": _("Give a key for “%(value)s”."),
        "twice": _("The key “%(key)s” is there twice."),
        "too_large": _("The metadata is longer than 20,000 characters of JSON."),
        "unstorable": _("The value of “%(key)s” cannot be stored: %(value)s"),
    }

    def prepare_value(self, value: Any) -> Any:
        """Rows of a stored object; rows that were sent stay as they are."""
        if isinstance(value, Mapping):
            return [(str(key), as_typed(one)) for key, one in value.items()]
        return value

    def to_python(self, value: Any) -> dict[str, Any]:
        """The object. Raises ValidationError that names the row."""
        found: dict[str, Any] = {}
        for key, text in value or []:
            if not key:
                raise self._error("no_key", value=text)
            if key in found:
                raise self._error("twice", key=key)
            found[key] = from_typed(text)
            if not all(_is_storable(one) for one in _leaves({key: found[key]})):
                raise self._error("unstorable", key=key, value=text)
        if len(json.dumps(found, ensure_ascii=False)) > MAX_METADATA_CHARS:
            raise self._error("too_large")
        return found

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Whether the rows say something else."""
        try:
            return bool(self.to_python(data) != (initial or {}))
        except forms.ValidationError:
            return True

    def _error(self, code: str, **params: str) -> forms.ValidationError:
        return forms.ValidationError(self.error_messages[code], code=code, params=params)


class DocumentForm(forms.ModelForm[Document]):
    """What may be changed of a document by hand."""

    title = forms.CharField(
        label=_("Title"),
        max_length=500,
        help_text=_("Stands in front of every passage: a new one is searched after a moment."),
        widget=UnfoldAdminTextInputWidget,
    )
    metadata = PairsField(
        label=_("Metadata"),
        required=False,
        help_text=_(
            "Numbers, true, false and lists like [1, 2] are kept as such; "
            'put "quotation marks" around what is to stay text.'
        ),
    )

    class Meta:
        model = Document
        fields = ("title", "url", "metadata")

    def clean_title(self) -> str:
        """One line."""
        title = " ".join(str(self.cleaned_data["title"]).split())
        if not title:
            raise forms.ValidationError(_("Give a title."))
        return title

    def clean_url(self) -> str:
        """An address that may be opened, or none."""
        address: str = self.cleaned_data["url"].strip()
        if address and not web_address(address):
            raise forms.ValidationError(_("Give an address that begins with http:// or https://."))
        return address


def as_typed(value: Any) -> str:
    """A JSON value as a person types it: text plain, unless it would be read as something else."""
    if isinstance(value, str) and from_typed(value) == value and value == value.strip():
        return value
    return json.dumps(value, ensure_ascii=False)


def from_typed(text: str) -> Any:
    """The JSON value that was typed; what is no JSON is text."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def _leaves(value: Any) -> Iterator[Any]:
    if isinstance(value, dict):
        yield from value
        for inner in value.values():
            yield from _leaves(inner)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for inner in value:
            yield from _leaves(inner)
    else:
        yield value


def _is_storable(value: Any) -> bool:
    """Every database takes it: no NUL, no half characters, no infinite numbers."""
    if isinstance(value, str):
        return "\x00" not in value and not any("\ud800" <= char <= "\udfff" for char in value)
    return not isinstance(value, float) or math.isfinite(value)
