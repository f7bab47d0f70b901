"""Who may read a single document."""

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.api.idempotency import idempotent
from apps.api.lookups import document_get
from apps.api.serializers.grants import DocumentGrantSerializer, DocumentRuleSerializer
from apps.api.signed_in import user_of
from apps.knowledge import access, document_access
from apps.knowledge.models import Permission


class DocumentGrants(APIView):
    """The grants and denials of a document."""

    @extend_schema(
        operation_id="documents_grants_list",
        summary="List who may read a document, and who must not",
        responses=DocumentGrantSerializer(many=True),
    )
    def get(self, request: Request, uuid: UUID) -> Response:
        """Beside the grants of its collection, denials first; for who manages the collection."""
        document = document_get(request, uuid)
        found = document_access.document_grant_list(document=document, by=user_of(request))
        return Response(DocumentGrantSerializer(found, many=True).data)

    @extend_schema(
        operation_id="documents_grants_set",
        summary="Grant a document, or deny it",
        request=DocumentRuleSerializer,
        responses={201: DocumentGrantSerializer},
    )
    @idempotent
    def post(self, request: Request, uuid: UUID) -> Response:
        """To a user, a group or everyone; replaces what was said of them before. A denial wins."""
        document, user = document_get(request, uuid), user_of(request)
        access.require(user, Permission.MANAGE, document.collection)  # before names are looked up
        form = DocumentRuleSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        is_denied, to = form.validated_data["is_denied"], form.validated_data["to"]
        rule = document_access.document_deny if is_denied else document_access.document_grant
        made = rule(document=document, to=to, by=user)
        return Response(DocumentGrantSerializer(made).data, status=status.HTTP_201_CREATED)


class DocumentGrantDetail(APIView):
    """One of them."""

    @extend_schema(
        operation_id="documents_grants_revoke",
        summary="Take a grant or a denial back",
        responses={204: None},
    )
    def delete(self, request: Request, uuid: UUID, grant: UUID) -> Response:
        """The grants of the collection and the document's others hold as before."""
        document, user = document_get(request, uuid), user_of(request)
        found = document_access.document_grant_get(document=document, uuid=grant, by=user)
        document_access.document_grant_revoke(grant=found, by=user)
        return Response(status=status.HTTP_204_NO_CONTENT)
