"""Search, questions, answers, feedback and traces on the wire."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from apps.api.serializers.fields import (
    ChoiceListField,
    CollectionsField,
    IdField,
    MetadataFilterField,
    NarrowingRequest,
)
from apps.core.addresses import web_address
from apps.generation import feedback, open_questions
from apps.generation.answer import MAX_CHARACTERS
from apps.generation.cited import UNKNOWN, CitedVersion, cited_versions
from apps.generation.links import page_link
from apps.generation.models import Feedback
from apps.knowledge.models.collections import Profile
from apps.modelhub.profiles import NAMES

MAX_QUERY_CHARS = 2000
MAX_TOP_K = 200
EVENTS = ["status", "token", "citations", "done", "error"]


class FiltersSerializer(NarrowingRequest):
    """What the search is narrowed to."""

    documents = ChoiceListField(child=IdField(), max_length=1000)
    media_types = ChoiceListField(child=serializers.CharField(max_length=150), max_length=50)
    languages = ChoiceListField(child=serializers.CharField(max_length=16), max_length=20)
    created_after = serializers.DateTimeField(required=False, allow_null=True)
    created_before = serializers.DateTimeField(required=False, allow_null=True)
    metadata = MetadataFilterField(required=False, allow_null=True)

    def strange(self, data: Mapping[str, Any]) -> list[str]:
        """Every name that is none of a filter."""
        return sorted(set(map(str, data)) - self.fields.keys())


class SearchSerializer(NarrowingRequest):
    """What to search for."""

    query = serializers.CharField(max_length=MAX_QUERY_CHARS)
    collections = CollectionsField()
    top_k = serializers.IntegerField(min_value=1, max_value=MAX_TOP_K, default=10)
    filters = FiltersSerializer(required=False, allow_null=True)


class SpanField(serializers.ListField):
    """A pair of character offsets."""

    child = serializers.IntegerField()
    min_length = max_length = 2


class HitSerializer(serializers.Serializer[Any]):
    """A passage that was found. `start`, `end`: its place in the text of the version."""

    chunk = serializers.UUIDField()
    document = serializers.UUIDField()
    version = serializers.UUIDField()
    collection = serializers.UUIDField()
    title = serializers.CharField()
    path = serializers.CharField()
    page = serializers.IntegerField()
    heading = serializers.CharField()
    text = serializers.CharField()
    start = serializers.IntegerField()
    end = serializers.IntegerField()
    score = serializers.FloatField(
        help_text="Higher is better. Comparable among the hits of one search only."
    )
    spans = serializers.ListField(child=SpanField(), help_text="Places in `text` that match.")


class SearchResultSerializer(serializers.Serializer[Any]):
    """Passages, best first."""

    hits = HitSerializer(many=True)
    timings_ms = serializers.DictField(child=serializers.FloatField())
    degraded = serializers.ListField(child=serializers.CharField())
    trace = serializers.UUIDField()


class AskSerializer(NarrowingRequest):
    """A question."""

    question = serializers.CharField(max_length=MAX_CHARACTERS)
    collections = CollectionsField()
    conversation = IdField(required=False, allow_null=True)
    profile = serializers.ChoiceField(
        choices=Profile.choices,
        required=False,
        allow_null=True,
        allow_blank=True,
        error_messages={
            "invalid_choice": format_lazy(
                _("There is no profile “{input}”. There are: {names}."),
                input="{input}",
                names=", ".join(NAMES),
            )
        },
    )
    filters = FiltersSerializer(required=False, allow_null=True)
    replaces = IdField(
        required=False,
        allow_null=True,
        help_text="The trace of an earlier answer in the same conversation: the new one takes its "
        "place there.",
    )
    stream = serializers.BooleanField(default=False)


class CitationSerializer(serializers.Serializer[Any]):
    """A numbered source. `start`, `end`: the quote's place in the text of the version.

    `is_current` is false when the document has a newer version by now, or none. The context needs
    what `citing` gives.
    """

    n = serializers.IntegerField()
    chunk = serializers.UUIDField()
    document = serializers.UUIDField()
    version = serializers.UUIDField()
    title = serializers.CharField()
    path = serializers.CharField()
    page = serializers.IntegerField()
    heading = serializers.CharField()
    quote = serializers.CharField()
    start = serializers.IntegerField()
    end = serializers.IntegerField()
    url = serializers.CharField()
    support = serializers.ChoiceField(choices=["supported", "weak", "unsupported"])
    version_number = serializers.SerializerMethodField()
    is_current = serializers.SerializerMethodField()
    collection = serializers.SerializerMethodField()
    media_type = serializers.SerializerMethodField()

    def get_version_number(self, citation: Any) -> int:
        """1 is the first."""
        return self._version(citation).number

    def get_is_current(self, citation: Any) -> bool:
        """Whether this version is the one that is searched."""
        return self._version(citation).is_current

    def get_collection(self, citation: Any) -> UUID | None:
        """Where the document is kept."""
        return self._version(citation).collection

    def get_media_type(self, citation: Any) -> str:
        """Of the original."""
        return self._version(citation).media_type

    def _version(self, citation: Any) -> CitedVersion:
        known: Mapping[str, CitedVersion] = self.context["versions"]
        return known.get(str(_version_of(citation)), UNKNOWN)

    def to_representation(self, instance: Any) -> dict[str, Any]:
        """Sources without a web address of their own are opened in the portal."""
        shown = super().to_representation(instance)
        return shown | {"url": web_address(shown["url"]) or page_link(shown)}


def citing(citations: Iterable[Any]) -> dict[str, Any]:
    """The context that serializers need to show these citations; one query."""
    return {"versions": cited_versions(_version_of(one) for one in citations)}


def _version_of(citation: Any) -> UUID | str:
    """Of an answer's citation, or of one that a trace keeps."""
    kept: UUID | str = citation["version"] if isinstance(citation, dict) else citation.version
    return kept


class SentenceSerializer(serializers.Serializer[Any]):
    """What one sentence of an answer (`start`, `end`: characters of `answer`, its marks included)
    is held up by. One that cites nothing is `weak` at best. One that contradicts its sources is
    `unsupported` and has a `reason`; `against`: the number of the source that says otherwise (0:
    none does)."""

    start = serializers.IntegerField()
    end = serializers.IntegerField()
    support = serializers.ChoiceField(choices=["supported", "weak", "unsupported"])
    citations = serializers.ListField(child=serializers.IntegerField())
    reason = serializers.CharField(
        default="",
        help_text="`denial`, `duty` (required, allowed or forbidden otherwise), `opposite`, "
        "`number`, `bound` (at least for at most), or empty.",
    )
    against = serializers.IntegerField(default=0)


class AnswerSerializer(serializers.Serializer[Any]):
    """An answer. When `answered` is false, `nearest` holds the passages that came closest."""

    answer = serializers.CharField(source="text")
    answered = serializers.BooleanField(source="is_answered")
    short_answer = serializers.CharField()
    confidence = serializers.FloatField(min_value=0, max_value=1)
    citations = CitationSerializer(many=True)
    sentences = SentenceSerializer(many=True)
    nearest = HitSerializer(many=True)
    engine = serializers.CharField(
        help_text="`builtin`, `curated`, `local:<model>` or `remote:<host>`; `courtesy` answers "
        "what asks nothing (“hello”), without a search or a source."
    )
    profile = serializers.CharField()
    usage = serializers.DictField(
        child=serializers.IntegerField(),
        help_text="Tokens, where a language model wrote: `prompt_tokens`, `cached_tokens` (of "
        "them, not computed again), `completion_tokens`.",
    )
    degraded = serializers.ListField(
        child=serializers.CharField(),
        help_text="What could not be asked; notes on engines begin with `engine:`.",
    )
    timings_ms = serializers.DictField(child=serializers.FloatField())
    trace = serializers.UUIDField()


class EventSerializer(serializers.Serializer[Any]):
    """One event of the stream; `data` is JSON, its form depends on the event."""

    event = serializers.ChoiceField(choices=EVENTS)
    data = serializers.CharField()  # type: ignore[assignment]  # a field named like a property


class VerdictSerializer(serializers.Serializer[Any]):
    """A verdict on an answer of one's own; a later one replaces it."""

    trace = IdField()
    verdict = serializers.ChoiceField(choices=Feedback.Verdict.choices)
    reason = serializers.ChoiceField(
        choices=Feedback.Reason.choices, allow_blank=True, required=False
    )
    comment = serializers.CharField(
        max_length=feedback.MAX_CHARACTERS, allow_blank=True, required=False
    )
    correct_answer = serializers.CharField(
        max_length=feedback.MAX_CHARACTERS, allow_blank=True, required=False
    )


class FeedbackSerializer(serializers.Serializer[Any]):
    """The verdict that counts."""

    id = serializers.UUIDField(source="uuid")
    trace = serializers.UUIDField(source="trace.uuid")
    verdict = serializers.ChoiceField(choices=Feedback.Verdict.choices)
    reason = serializers.CharField(help_text="One of the reasons that may be given, or empty.")
    comment = serializers.CharField()
    correct_answer = serializers.CharField()


class ReportSerializer(serializers.Serializer[Any]):
    """What the curator should know."""

    note = serializers.CharField(
        max_length=open_questions.MAX_NOTE_CHARACTERS, allow_blank=True, required=False
    )
