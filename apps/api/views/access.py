"""Explaining who may read what."""

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.accounts.models import User
from apps.api.lookups import document_get, only
from apps.api.serializers.collections import AccessQuerySerializer, AccessSerializer
from apps.api.signed_in import user_of
from apps.core.errors import Forbidden
from apps.knowledge.readers import explain_document


class ExplainAccess(APIView):
    """Why somebody may read a document."""

    @extend_schema(
        operation_id="explain_access",
        summary="Explain access",
        parameters=[AccessQuerySerializer],
        responses=AccessSerializer,
    )
    def get(self, request: Request) -> Response:
        """About oneself; administrators may ask about anyone."""
        query = AccessQuerySerializer(data=request.query_params)
        query.is_valid(raise_exception=True)
        asked_by = user_of(request)
        name = query.validated_data.get("user", asked_by.get_username())
        if name != asked_by.get_username() and not asked_by.is_superuser:
            raise Forbidden(_("Only administrators may ask about others."))
        user = only(User.objects.filter(username=name))
        document = document_get(request, query.validated_data["document"])
        found = explain_document(user, document)
        row = {
            "user": user.get_username(),
            "document": document.uuid,
            "collection": document.collection.uuid,
            "allowed": found.is_allowed,
            "reasons": found.reasons,
        }
        return Response(AccessSerializer(row).data)
