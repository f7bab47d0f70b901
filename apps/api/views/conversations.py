"""Conversations: list, open, show, change, delete."""

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.api.idempotency import idempotent
from apps.api.serializers.answers import citing
from apps.api.serializers.conversations import (
    ConversationDetailSerializer,
    ConversationQuerySerializer,
    ConversationSerializer,
)
from apps.api.signed_in import user_of
from apps.generation import conversations
from apps.generation.models import Conversation
from apps.generation.turns import conversation_turns


class ConversationList(ListAPIView[Conversation]):
    """One's own conversations."""

    serializer_class = ConversationSerializer
    queryset = Conversation.objects.none()  # for the schema; one's own are below

    @extend_schema(
        operation_id="conversations_list",
        summary="List conversations",
        parameters=[ConversationQuerySerializer],
    )
    def get(self, request: Request) -> Response:
        """Last used first."""
        asked = ConversationQuerySerializer(data=request.query_params)
        asked.is_valid(raise_exception=True)
        found = conversations.conversation_list(
            by=user_of(request), query=asked.validated_data.get("q", "")
        )
        page = self.paginate_queryset(found)
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
        operation_id="conversations_show",
        summary="Show a conversation",
        responses=ConversationDetailSerializer,
    )
    def get(self, request: Request, uuid: UUID) -> Response:
        """With its questions and answers, as far as their sources may be read now."""
        user = user_of(request)
        found = conversations.conversation_get(uuid=uuid, by=user)
        turns = conversation_turns(found, by=user)
        context = citing(citation for turn in turns for citation in turn.citations)
        row = {
            "uuid": found.uuid,
            "title": found.title,
            "narrowing": found.narrowing,
            "created_at": found.created_at,
            "updated_at": found.updated_at,
            "turns": turns,
        }
        return Response(ConversationDetailSerializer(row, context=context).data)

    @extend_schema(
        operation_id="conversations_change",
        summary="Rename or narrow a conversation",
        request=ConversationSerializer(partial=True),
        responses=ConversationSerializer,
    )
    def patch(self, request: Request, uuid: UUID) -> Response:
        """Only what is given changes; its place in the list does not."""
        user = user_of(request)
        found = conversations.conversation_get(uuid=uuid, by=user)
        form = ConversationSerializer(data=request.data, partial=True)
        form.is_valid(raise_exception=True)
        changed = conversations.conversation_update(
            conversation=found, by=user, **form.validated_data
        )
        return Response(ConversationSerializer(changed).data)

    @extend_schema(
        operation_id="conversations_delete", summary="Delete a conversation", responses={204: None}
    )
    def delete(self, request: Request, uuid: UUID) -> Response:
        """With its questions, answers, verdicts and shared links."""
        user = user_of(request)
        found = conversations.conversation_get(uuid=uuid, by=user)
        conversations.conversation_delete(conversation=found, by=user)
        return Response(status=status.HTTP_204_NO_CONTENT)
