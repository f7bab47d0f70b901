"""Letting others open an answer."""

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.api.idempotency import idempotent
from apps.api.serializers.conversations import SharedSerializer
from apps.api.signed_in import user_of
from apps.generation.sharing import share_create, share_delete


class TraceShare(APIView):
    """The shared link of an answer of one's own."""

    @extend_schema(
        operation_id="traces_share",
        summary="Share an answer",
        request=None,
        responses={201: SharedSerializer},
    )
    @idempotent
    def post(self, request: Request, uuid: UUID) -> Response:
        """Whoever signs in and may read every document that it cites can open the link."""
        share = share_create(trace=uuid, by=user_of(request))
        return Response(SharedSerializer(share).data, status=status.HTTP_201_CREATED)

    @extend_schema(
        operation_id="traces_unshare", summary="End the sharing of an answer", responses={204: None}
    )
    def delete(self, request: Request, uuid: UUID) -> Response:
        """The link leads nowhere from now on."""
        share_delete(trace=uuid, by=user_of(request))
        return Response(status=status.HTTP_204_NO_CONTENT)
