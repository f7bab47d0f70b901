"""How the installation does, for programs that watch it."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.ops.ledger.summary import summary
from apps.ops.ledger.windows import RANGES


class IsAdministrator(BasePermission):
    """Superusers."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        """The figures are of all people and collections."""
        return bool(request.user and request.user.is_superuser)


class SummaryQuerySerializer(serializers.Serializer[Any]):
    """Of which time."""

    range = serializers.ChoiceField(choices=list(RANGES), default="24h")


class LatencySerializer(serializers.Serializer[Any]):
    """Milliseconds of `count` requests; null: there was none. Quantiles are off by 5 % at most."""

    count = serializers.IntegerField()
    mean = serializers.FloatField(allow_null=True)
    p50 = serializers.FloatField(allow_null=True)
    p95 = serializers.FloatField(allow_null=True)
    p99 = serializers.FloatField(allow_null=True)


class TotalsSerializer(serializers.Serializer[Any]):
    """What became of requests, and how long those took that were served."""

    asked = serializers.IntegerField()
    answered = serializers.IntegerField()
    not_found = serializers.IntegerField()
    done = serializers.IntegerField()
    refused = serializers.IntegerField()
    denied = serializers.IntegerField()
    failed = serializers.IntegerField()
    cancelled = serializers.IntegerField()
    up = serializers.IntegerField()
    down = serializers.IntegerField()
    tokens_in = serializers.IntegerField(help_text="Read by language models.")
    tokens_cached = serializers.IntegerField(help_text="Of those: known to them already.")
    tokens_out = serializers.IntegerField(help_text="Written by language models.")
    tokens_encoded = serializers.IntegerField(
        help_text="Read by embedding models and rerankers for programs."
    )
    lost = serializers.IntegerField(help_text="Not written into the ledger; in no other figure.")
    success_rate = serializers.FloatField(allow_null=True)
    answered_rate = serializers.FloatField(allow_null=True)
    total_ms = LatencySerializer()
    stages_ms = serializers.DictField(child=LatencySerializer())


class NodeStandingSerializer(serializers.Serializer[Any]):
    """A node in short; `ops/nodes/` tells more."""

    name = serializers.CharField()
    state = serializers.CharField()
    lag = serializers.IntegerField(allow_null=True)
    load = serializers.FloatField()


class SummarySerializer(serializers.Serializer[Any]):
    """The installation in one object. `questions`: the requests that ask documents."""

    range = serializers.CharField()
    since = serializers.DateTimeField()
    until = serializers.DateTimeField()
    requests = TotalsSerializer()
    questions = TotalsSerializer()
    nodes = NodeStandingSerializer(many=True)
    queues = serializers.DictField(
        child=serializers.DictField(child=serializers.FloatField()),
        help_text="By stage, as last measured: waiting, running, oldest_s; all: done_per_hour.",
    )
    open_anomalies = serializers.IntegerField()


class OpsSummary(APIView):
    """What the dashboard shows."""

    permission_classes = [IsAdministrator]

    @extend_schema(
        operation_id="ops_summary",
        summary="Sum up how the installation does",
        parameters=[SummaryQuerySerializer],
        responses=SummarySerializer,
    )
    def get(self, request: Request) -> Response:
        """Figures of the range up to now: true to the second, and as quick for a million requests
        as for ten."""
        asked = SummaryQuerySerializer(data=request.query_params)
        asked.is_valid(raise_exception=True)
        found = summary(asked.validated_data["range"])
        return Response(SummarySerializer(found.as_json()).data)
