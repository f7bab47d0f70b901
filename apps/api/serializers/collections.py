"""Collections on the wire."""

import math
from typing import Any

from django.utils.translation import gettext
from rest_framework import serializers

from apps.knowledge.models import Erasure
from apps.knowledge.models.collections import Language, Profile, RemoteUse


class CollectionSerializer(serializers.Serializer[Any]):
    """A collection, and what makes or changes one."""

    id = serializers.UUIDField(source="uuid", read_only=True)
    name = serializers.CharField(max_length=200)
    description = serializers.CharField(max_length=10_000, allow_blank=True, required=False)
    language = serializers.ChoiceField(choices=Language.choices, required=False)
    profile = serializers.ChoiceField(
        choices=Profile.choices,
        required=False,
        allow_blank=True,
        help_text="How questions about it are answered (`GET profiles/`); empty: as the "
        "installation is set.",
    )
    remote_use = serializers.ChoiceField(
        choices=RemoteUse.choices,
        required=False,
        help_text="Whether passages may be sent to an engine outside the building. Only superusers "
        "set `internal`, or end it.",
    )
    min_confidence = serializers.FloatField(
        min_value=0,
        max_value=1,
        allow_null=True,
        required=False,
        help_text="How sure an answer from here must be; null: as the installation is set.",
    )
    created_at = serializers.DateTimeField(read_only=True)

    def validate_min_confidence(self, value: float | None) -> float | None:
        """No NaN, which is neither too small nor too large."""
        if value is not None and math.isnan(value):
            raise serializers.ValidationError(gettext("A number from 0 to 1, or null."))
        return value


class ErasureStartedSerializer(serializers.Serializer[Any]):
    """The receipt of a deletion, to be looked up at `erasures/{id}/`."""

    erasure = serializers.UUIDField()


class NodeErasureSerializer(serializers.Serializer[Any]):
    """What a node's index did about a deletion: took rows out, wrote its files anew."""

    node = serializers.CharField()
    rows = serializers.IntegerField()
    segments = serializers.IntegerField()
    followed_at = serializers.DateTimeField(allow_null=True)
    purged_at = serializers.DateTimeField(allow_null=True)


class ErasureSerializer(serializers.Serializer[Any]):
    """What a deletion removed. `completed_at` is null until no node that is there holds a copy.

    `hidden_at`: the commit from which on nothing shows it. `purged_at`: rows, vectors, originals
    and quotes are out of database and storage. `sha256`: of the rest of the receipt as JSON in
    UTF-8, keys sorted, without spaces and without `waiting_for`.
    """

    id = serializers.UUIDField()
    target = serializers.ChoiceField(choices=Erasure.Target.choices)
    target_id = serializers.UUIDField()
    requested_by = serializers.CharField(allow_null=True)
    requested_at = serializers.DateTimeField()
    hidden_at = serializers.DateTimeField()
    state = serializers.CharField(
        help_text="`hidden`, `purging`, `complete`; `away`: complete but for a node that is away."
    )
    versions = serializers.IntegerField()
    counts = serializers.DictField(child=serializers.IntegerField())
    purged_at = serializers.DateTimeField(allow_null=True)
    nodes = NodeErasureSerializer(many=True)
    waiting_for = serializers.ListField(child=serializers.CharField())
    completed_at = serializers.DateTimeField(allow_null=True)
    created_at = serializers.DateTimeField()
    sha256 = serializers.CharField()


class ManifestEntrySerializer(serializers.Serializer[Any]):
    """A file on the other side."""

    path = serializers.CharField(max_length=1000)
    sha256 = serializers.RegexField(r"^[0-9a-fA-F]{64}$")


class DifferenceSerializer(serializers.Serializer[Any]):
    """Paths that the other side has to send (added, modified) or delete here."""

    added = serializers.ListField(child=serializers.CharField())
    modified = serializers.ListField(child=serializers.CharField())
    deleted = serializers.ListField(child=serializers.CharField())


class AccessSerializer(serializers.Serializer[Any]):
    """Whether a user may read a document, and why."""

    user = serializers.CharField()
    document = serializers.UUIDField()
    collection = serializers.UUIDField()
    allowed = serializers.BooleanField()
    reasons = serializers.ListField(child=serializers.CharField())


class AccessQuerySerializer(serializers.Serializer[Any]):
    """Whose access to what."""

    user = serializers.CharField(
        max_length=150, required=False, help_text="User name; yourself when left out."
    )
    document = serializers.UUIDField()
