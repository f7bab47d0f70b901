"""Fields that several requests share."""

import json
from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from django.core.validators import ProhibitNullCharactersValidator
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.fields import empty
from rest_framework.validators import ProhibitSurrogateCharactersValidator

MAX_METADATA_CHARS = 20_000
MAX_COLLECTIONS = 1000


@extend_schema_field(OpenApiTypes.OBJECT)
class MetadataField(serializers.DictField):
    """A JSON object of moderate size; in a form, its text."""

    default_error_messages = {
        "too_large": _("The metadata is longer than 20,000 characters of JSON."),
    }

    def get_value(self, dictionary: Mapping[Any, Any]) -> Any:
        """The value as it is: in a form it is one text, not DRF's `metadata.key` fields."""
        return dictionary.get(self.field_name, empty)

    def to_internal_value(self, data: Any) -> dict[Any, Any]:
        """The object. Raises ValidationError."""
        if isinstance(data, str):
            try:
                data = json.loads(data)
            except (ValueError, RecursionError):
                self.fail("not_a_dict", input_type="str")
        found: dict[Any, Any] = super().to_internal_value(data)
        if len(json.dumps(found, ensure_ascii=False)) > MAX_METADATA_CHARS:
            self.fail("too_large")
        for text in _texts(found):  # neither can be stored by every database
            ProhibitNullCharactersValidator()(text)
            ProhibitSurrogateCharactersValidator()(text)
        return found


class IdField(serializers.UUIDField):
    """An id in a request: a UUID as text; DRF's field would take any number too."""

    def to_internal_value(self, data: Any) -> UUID:
        """The id. Raises ValidationError."""
        if not isinstance(data, str | UUID):
            self.fail("invalid", value=data)
        found: UUID = super().to_internal_value(data)
        return found


class CollectionsField(serializers.ListField):
    """Ids of the collections to search; left out or null: all that may be read."""

    child = IdField()
    max_length = MAX_COLLECTIONS


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _texts(key)
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)
