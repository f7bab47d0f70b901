"""What is unusual among requests, for the systems that watch others."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.generics import ListAPIView
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.views import APIView

from apps.api.pagination import PageNumber
from apps.ops.anomalies.kinds import Rule, State, Subject
from apps.ops.anomalies.selectors import anomaly_list, subject_names
from apps.ops.anomalies.wording import sentence
from apps.ops.models import Anomaly


class IsSuperuser(BasePermission):
    """They tell what people did."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        """Superusers."""
        return bool(request.user and request.user.is_superuser)


class AnomalySerializer(serializers.ModelSerializer[Anomaly]):
    """An anomaly. `words`: the evidence as a sentence; `figures`: the same for programs;
    `minutes`: what was counted in each of the last minutes, oldest first."""

    id = serializers.UUIDField(source="uuid")
    rule = serializers.CharField(help_text=", ".join(Rule.values))
    state = serializers.CharField(help_text=", ".join(State.values))
    subject_kind = serializers.CharField(help_text=", ".join(Subject.values))
    severity = serializers.SerializerMethodField()
    subject_name = serializers.SerializerMethodField()
    words = serializers.SerializerMethodField()
    figures = serializers.SerializerMethodField()
    minutes = serializers.SerializerMethodField()

    class Meta:
        model = Anomaly
        fields = (
            *("id", "rule", "severity", "state", "subject_kind", "subject", "subject_name"),
            *("network", "words", "figures", "minutes", "count", "first_seen", "last_seen"),
        )

    def get_severity(self, row: Anomaly) -> str:
        """low, medium or high."""
        return {1: "low", 2: "medium", 3: "high"}[row.severity]

    def get_subject_name(self, row: Anomaly) -> str:
        """Of the user or key."""
        names: dict[str, str] = self.context["names"]
        return names.get(row.subject, row.subject)

    def get_words(self, row: Anomaly) -> str:
        """In the caller's language."""
        return sentence(Rule(row.rule), row.evidence.get("figures", {}))

    def get_figures(self, row: Anomaly) -> dict[str, Any]:
        """By name."""
        return dict(row.evidence.get("figures", {}))

    def get_minutes(self, row: Anomaly) -> list[int]:
        """Empty: nothing to draw."""
        return list(row.evidence.get("minutes", []))


class AnomalyList(ListAPIView[Anomaly]):
    """What was found."""

    permission_classes = [IsSuperuser]
    serializer_class = AnomalySerializer
    pagination_class = PageNumber

    @extend_schema(
        operation_id="ops_anomalies",
        summary="List anomalies",
        parameters=[
            OpenApiParameter("state", enum=State.values, description="Only those in this state."),
            OpenApiParameter("rule", enum=Rule.values, description="Only those of this rule."),
        ],
    )
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Any:
        """The latest first."""
        return super().get(request, *args, **kwargs)

    def get_queryset(self) -> Any:
        """Narrowed as asked."""
        asked = self.request.query_params
        return anomaly_list(state=asked.get("state", ""), rule=asked.get("rule", ""))

    def get_serializer(self, *args: Any, **kwargs: Any) -> Any:
        """With the names of all rows at once."""
        rows = list(args[0]) if args else []
        kwargs["context"] = {**self.get_serializer_context(), "names": subject_names(rows)}
        return super().get_serializer(rows, *args[1:], **kwargs)
