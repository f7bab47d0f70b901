"""Telling the curator that an answer was not good enough."""

from uuid import UUID

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.api.idempotency import idempotent
from apps.api.serializers.answers import ReportSerializer
from apps.api.signed_in import user_of
from apps.generation.open_questions import question_report


class ReportTrace(APIView):
    """A question that a curator should look at."""

    @extend_schema(
        operation_id="traces_report",
        summary="Send a question to its curator",
        request=ReportSerializer,
        responses={201: OpenApiResponse(OpenApiTypes.OBJECT, description="An empty object.")},
    )
    @idempotent
    def post(self, request: Request, uuid: UUID) -> Response:
        """One's own question, once; a later note replaces the first. Nobody is told who asked."""
        form = ReportSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        question_report(trace=uuid, by=user_of(request), note=form.validated_data.get("note", ""))
        return Response({}, status=status.HTTP_201_CREATED)
