"""Conversations, their turns, shares and suggestions on the wire."""

from collections.abc import Mapping
from typing import Any

from django.urls import reverse
from rest_framework import serializers

from apps.api.serializers.answers import AnswerSerializer, FiltersSerializer
from apps.api.serializers.fields import CollectionsField, IdField
from apps.generation.conversations import MAX_QUERY_CHARACTERS, MAX_TITLE_CHARACTERS
from apps.generation.models import Feedback, Share
from apps.generation.turns import Turn

MAX_SUGGESTIONS = 20


class NarrowingSerializer(serializers.Serializer[Any]):
    """What the questions of a conversation are narrowed to, as `ask` takes it."""

    collections = CollectionsField()
    filters = FiltersSerializer(required=False, allow_null=True)

    def to_representation(self, instance: Any) -> dict[str, Any]:
        """Ids and times as text; what narrows nothing is left out."""
        shown = super().to_representation(instance)
        filters = {name: one for name, one in (shown["filters"] or {}).items() if one}
        kept = {"collections": shown["collections"], "filters": filters}
        return {name: one for name, one in kept.items() if one}


class ConversationSerializer(serializers.Serializer[Any]):
    """A row of questions, each asked in the light of those before."""

    id = serializers.UUIDField(source="uuid", read_only=True)
    title = serializers.CharField(max_length=MAX_TITLE_CHARACTERS, allow_blank=True, required=False)
    narrowing = NarrowingSerializer(required=False)
    created_at = serializers.DateTimeField(read_only=True)
    updated_at = serializers.DateTimeField(read_only=True)

    def validate_narrowing(self, value: Mapping[str, Any]) -> dict[str, Any]:
        """As it is stored."""
        return dict(NarrowingSerializer(value).data)


class ConversationQuerySerializer(serializers.Serializer[Any]):
    """Which conversations are listed."""

    q = serializers.CharField(
        required=False,
        allow_blank=True,
        max_length=MAX_QUERY_CHARACTERS,
        help_text="Words that the title, a question or an answer has.",
    )


class TurnFeedbackSerializer(serializers.Serializer[Any]):
    """One's own verdict."""

    verdict = serializers.ChoiceField(choices=Feedback.Verdict.choices)
    reason = serializers.ChoiceField(choices=Feedback.Reason.choices, allow_blank=True)
    comment = serializers.CharField()
    correct_answer = serializers.CharField()


class TurnSerializer(AnswerSerializer):
    """A question with its answer as it may be read now, and what came of it.

    What quotes a document that may no longer be read is left out.
    """

    question = serializers.CharField()
    created_at = serializers.DateTimeField()
    feedback = TurnFeedbackSerializer(allow_null=True)
    share = serializers.SerializerMethodField()
    reported = serializers.BooleanField(source="is_reported")

    def get_share(self, turn: Turn) -> str:
        """Where others may read it; empty while it is not shared."""
        return share_link(turn.share) if turn.share else ""


class ConversationDetailSerializer(ConversationSerializer):
    """A conversation with its turns, oldest first; replaced answers are left out."""

    turns = TurnSerializer(many=True, read_only=True)


class SharedSerializer(serializers.Serializer[Any]):
    """Where whoever may read all its sources can read the answer."""

    url = serializers.SerializerMethodField()

    def get_url(self, share: Share) -> str:
        """The page for people."""
        return share_link(share)


class SuggestionQuerySerializer(serializers.Serializer[Any]):
    """Whose questions, and how many."""

    collection = IdField(required=False, help_text="Only what this collection answers.")
    limit = serializers.IntegerField(min_value=1, max_value=MAX_SUGGESTIONS, default=6)


class SuggestionSerializer(serializers.Serializer[Any]):
    """A question, and the collection that answers it."""

    text = serializers.CharField()
    collection = serializers.UUIDField()


class SuggestionsSerializer(serializers.Serializer[Any]):
    """Questions worth asking, those in the language of the request first."""

    questions = SuggestionSerializer(many=True)


def share_link(share: Share) -> str:
    """The page of a shared answer."""
    return reverse("shared", args=[share.uuid])
