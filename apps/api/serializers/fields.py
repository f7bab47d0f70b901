"""Fields that several requests share."""

import json
import math
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import Any
from uuid import UUID

from django.core.validators import ProhibitNullCharactersValidator
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.fields import empty
from rest_framework.validators import ProhibitSurrogateCharactersValidator

from apps.core.addresses import web_address

MAX_METADATA_CHARS = 20_000
MAX_COLLECTIONS = 1000
MAX_ADDRESS_CHARS = 2000


class NarrowingRequest(serializers.Serializer[Any]):
    """A request in which nothing is overlooked: a misspelt `collection` must not search all."""

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        """The fields. Raises ValidationError, also for names that nearly are one."""
        if isinstance(data, Mapping) and (strange := self.strange(data)):
            said = _("There is no such field. There are: %(names)s.")
            told = [said % {"names": ", ".join(self.fields)}]
            raise serializers.ValidationError(dict.fromkeys(strange, told))
        found: dict[str, Any] = super().to_internal_value(data)
        return found

    def strange(self, data: Mapping[str, Any]) -> list[str]:
        """Names in the request that are nearly one of a field."""
        unknown = sorted(set(map(str, data)) - self.fields.keys())
        return [name for name in unknown if get_close_matches(name, self.fields, cutoff=0.8)]


@extend_schema_field(OpenApiTypes.OBJECT)
class MetadataField(serializers.DictField):
    """A JSON object of moderate size; in a form, its text."""

    default_error_messages = {
        "too_large": _("The metadata is longer than 20,000 characters of JSON."),
        "not_finite": _("JSON has no NaN and no infinite numbers."),
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
        for value in _values(found):  # none of these can be stored by every database
            if isinstance(value, str):
                ProhibitNullCharactersValidator()(value)
                ProhibitSurrogateCharactersValidator()(value)
            elif isinstance(value, float) and not math.isfinite(value):
                self.fail("not_finite")
        return found


@extend_schema_field(OpenApiTypes.OBJECT)
class MetadataFilterField(MetadataField):
    """Values that the metadata of a document must have, by key."""

    default_error_messages = {
        "nested": _("Metadata is compared with texts, numbers, true, false or null only."),
    }

    def to_internal_value(self, data: Any) -> dict[Any, Any]:
        """The pairs. Raises ValidationError."""
        found = super().to_internal_value(data)
        if any(isinstance(value, dict | list) for value in found.values()):
            self.fail("nested")
        return found


class IdField(serializers.UUIDField):
    """An id in a request: a UUID as text; DRF's field would take any number too."""

    def to_internal_value(self, data: Any) -> UUID:
        """The id. Raises ValidationError."""
        if not isinstance(data, str | UUID):
            self.fail("invalid", value=data)
        found: UUID = super().to_internal_value(data)
        return found


class ChoiceListField(serializers.ListField):
    """What a request is narrowed to; left out or null: everything. An empty list is refused."""

    default_error_messages = {
        "empty": _("Name at least one, or leave this out to search everything you may read."),
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(allow_empty=False, allow_null=True, required=False, **kwargs)


class CollectionsField(ChoiceListField):
    """Ids of the collections to search; left out or null: all that may be read."""

    child = IdField()
    max_length = MAX_COLLECTIONS


class AddressField(serializers.CharField):
    """Where the original is found in the web, or empty."""

    default_error_messages = {
        "no_address": _("Give an address that begins with http:// or https://."),
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=MAX_ADDRESS_CHARS, allow_blank=True, required=False, **kwargs)

    def to_internal_value(self, data: Any) -> str:
        """The address. Raises ValidationError."""
        found: str = super().to_internal_value(data)
        if found and not web_address(found):
            self.fail("no_address")
        return found


def _values(value: Any) -> Iterator[Any]:
    """Every key and plain value, at any depth."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from _values(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _values(inner)
    else:
        yield value
