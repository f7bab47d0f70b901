"""How an answer or a search came about, on the wire."""

from typing import Any

from rest_framework import serializers

from apps.api.serializers.answers import CitationSerializer, SentenceSerializer
from apps.generation.models import Trace


class CandidateSerializer(serializers.Serializer[Any]):
    """A passage that was weighed, best first, with its rank and score in each leg of the search.

    `relevance`: how well it answers the question, as the reader says; null: it was not read.
    `cited`: its number in the answer; null: the answer does not cite it.
    """

    chunk = serializers.UUIDField()
    document = serializers.UUIDField()
    version = serializers.UUIDField()
    title = serializers.CharField()
    path = serializers.CharField()
    page = serializers.IntegerField()
    heading = serializers.CharField()
    start = serializers.IntegerField()
    end = serializers.IntegerField()
    legs = serializers.DictField(child=serializers.IntegerField())
    leg_scores = serializers.DictField(child=serializers.FloatField())
    relevance = serializers.FloatField(allow_null=True)
    score = serializers.FloatField()
    cited = serializers.IntegerField(allow_null=True)


class LeftOutSerializer(serializers.Serializer[Any]):
    """What the asker's rights kept from the search, whatever was asked: numbers only.

    `collections`: of which nothing may be read; `partly`: of which single documents may be read;
    `documents`: kept back in collections that may be read.
    """

    collections = serializers.IntegerField(default=0)
    partly = serializers.IntegerField(default=0)
    documents = serializers.IntegerField(default=0)


class MadeWithSerializer(serializers.Serializer[Any]):
    """The versions of all that took part. Hashes are empty for what did not.

    `considered`: passages that each leg found (`lexical`, `dense`), that they were together
    (`fused`), that could be shown (`readable`), that were read (`read`).
    """

    program = serializers.CharField(default="")
    embedder = serializers.CharField(default="")
    embedder_sha256 = serializers.CharField(default="")
    reader_sha256 = serializers.CharField(default="")
    change_seq = serializers.IntegerField(default=0)
    language = serializers.CharField(default="")
    considered = serializers.DictField(child=serializers.IntegerField(), default=dict)
    left_out = LeftOutSerializer(default=dict)


class TraceSerializer(serializers.Serializer[Any]):
    """How an answer or a search came about. The context needs what `citing` gives."""

    id = serializers.UUIDField(source="uuid")
    kind = serializers.ChoiceField(choices=Trace.Kind.choices)
    question = serializers.CharField()
    search_query = serializers.CharField()
    expansion = serializers.ListField(
        child=serializers.CharField(),
        help_text="Other names of the question's terms that were searched for, from the glossary "
        "of the profile.",
    )
    answer = serializers.CharField()
    answered = serializers.BooleanField(source="is_answered")
    confidence = serializers.FloatField()
    citations = CitationSerializer(many=True)
    candidates = CandidateSerializer(many=True)
    conversation = serializers.UUIDField(source="conversation.uuid", allow_null=True, default=None)
    sentences = SentenceSerializer(many=True)
    engine = serializers.CharField()
    model_sha256 = serializers.CharField()
    made_with = MadeWithSerializer()
    profile = serializers.CharField()
    usage = serializers.DictField(child=serializers.IntegerField())
    index_generation = serializers.IntegerField()
    degraded = serializers.ListField(child=serializers.CharField())
    timings_ms = serializers.DictField(child=serializers.FloatField())
    created_at = serializers.DateTimeField()
