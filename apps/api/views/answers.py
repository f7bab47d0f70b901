"""After an answer: feedback, traces, conversations."""

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.api.idempotency import idempotent
from apps.api.serializers.answers import (
    ConversationSerializer,
    FeedbackSerializer,
    TraceSerializer,
    VerdictSerializer,
)
from apps.api.signed_in import user_of
from apps.api.widget.authentication import WITH_WIDGET
from apps.api.widget.sessions import require_own
from apps.generation import conversations
from apps.generation.feedback import Opinion, feedback_give
from apps.generation.models import Conversation
from apps.generation.traces import trace_get


class GiveFeedback(APIView):
    """Verdicts on answers."""

    authentication_classes = WITH_WIDGET

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
        return Response(TraceSerializer(trace_get(uuid, user_of(request))).data)


class ConversationList(ListAPIView[Conversation]):
    """One's own conversations."""

    serializer_class = ConversationSerializer
    queryset = Conversation.objects.none()  # for the schema; one's own are below

    @extend_schema(operation_id="conversations_list", summary="List conversations")
    def get(self, request: Request) -> Response:
        """Last used first."""
        page = self.paginate_queryset(conversations.conversation_list(by=user_of(request)))
        return self.get_paginated_response(ConversationSerializer(page, many=True).data)

    @extend_schema(
        operation_id="conversations_create",
        summary="Open a conversation",
        request=ConversationSerializer,
        responses={201: ConversationSerializer},
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """Its id goes into `ask`, so that a question is understood in the light of those before."""
        form = ConversationSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        made = conversations.conversation_create(by=user_of(request), **form.validated_data)
        return Response(ConversationSerializer(made).data, status=status.HTTP_201_CREATED)


class ConversationDetail(APIView):
    """One conversation."""

    @extend_schema(
        operation_id="conversations_delete", summary="Delete a conversation", responses={204: None}
    )
    def delete(self, request: Request, uuid: UUID) -> Response:
        """With its questions and answers."""
        user = user_of(request)
        found = conversations.conversation_get(uuid=uuid, by=user)
        conversations.conversation_delete(conversation=found, by=user)
        return Response(status=status.HTTP_204_NO_CONTENT)
