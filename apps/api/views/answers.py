"""After an answer: feedback, traces."""

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.api.idempotency import idempotent
from apps.api.serializers.answers import (
    FeedbackSerializer,
    VerdictSerializer,
    citing,
)
from apps.api.serializers.traces import TraceSerializer
from apps.api.signed_in import user_of
from apps.api.widget.authentication import WITH_WIDGET
from apps.api.widget.sessions import require_own
from apps.generation.feedback import Opinion, feedback_give
from apps.generation.traces import trace_get
from apps.generation.weighed import candidates_named
from apps.knowledge.access import Scope


class GiveFeedback(APIView):
    """Verdicts on answers."""

    authentication_classes = WITH_WIDGET
    never_kept = ("comment", "correct_answer")  # may quote what is deleted later

    @extend_schema(
        operation_id="feedback",
        summary="Give feedback on an answer",
        request=VerdictSerializer,
        responses={201: FeedbackSerializer},
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """On an answer of one's own; a later verdict replaces it."""
        form = VerdictSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        require_own(request, form.validated_data["trace"])
        values = dict(form.validated_data)
        trace = values.pop("trace")
        given = feedback_give(trace=trace, by=user_of(request), opinion=Opinion(**values))
        return Response(FeedbackSerializer(given).data, status=status.HTTP_201_CREATED)


class TraceDetail(APIView):
    """How an answer came about."""

    @extend_schema(operation_id="traces_show", summary="Show a trace", responses=TraceSerializer)
    def get(self, request: Request, uuid: UUID) -> Response:
        """Of one's own question; what may no longer be read is left out."""
        user = user_of(request)
        trace = trace_get(uuid, user)
        trace.candidates = candidates_named(trace, scope=Scope.of(user))
        return Response(TraceSerializer(trace, context=citing(trace.citations)).data)
