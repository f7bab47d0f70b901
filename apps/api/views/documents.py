"""Documents: list, show, delete, retry."""

from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.api.idempotency import idempotent
from apps.api.lookups import collection_get, document_get, only
from apps.api.serializers.collections import ErasureStartedSerializer
from apps.api.serializers.documents import (
    DocumentQuerySerializer,
    DocumentRow,
    DocumentSerializer,
    JobRow,
    JobSerializer,
)
from apps.api.signed_in import scope_of, user_of
from apps.core.errors import Conflict
from apps.knowledge import access
from apps.knowledge.deletion import document_delete, version_delete
from apps.knowledge.models import Document
from ingest import selectors
from ingest.services import job_retry


class DocumentList(ListAPIView[Document]):
    """Documents of all readable collections."""

    serializer_class = DocumentSerializer
    queryset = Document.objects.none()  # for the schema; the readable ones are below

    @extend_schema(
        operation_id="documents_list",
        summary="List documents",
        parameters=[DocumentQuerySerializer],
    )
    def get(self, request: Request) -> Response:
        """By path, narrowed to a collection, a status, or a part of title or path."""
        asked = DocumentQuerySerializer(data=request.query_params)
        asked.is_valid(raise_exception=True)
        found = _narrowed(request, asked.validated_data)
        page = self.paginate_queryset(selectors.with_status(found).order_by("path", "id")) or []
        indexed = selectors.indexed_seq()
        rows = [DocumentRow(one, selectors.status_of(one, indexed=indexed)) for one in page]
        return self.get_paginated_response(DocumentSerializer(rows, many=True).data)


class DocumentDetail(APIView):
    """One document."""

    @extend_schema(
        operation_id="documents_show", summary="Show a document", responses=DocumentSerializer
    )
    def get(self, request: Request, uuid: UUID) -> Response:
        """Its status says how far its newest version is."""
        readable = access.documents_of(scope_of(request)).filter(uuid=uuid)
        document = only(selectors.with_status(readable))
        row = DocumentRow(document, selectors.status_of(document))
        return Response(DocumentSerializer(row).data)

    @extend_schema(
        operation_id="documents_delete",
        summary="Delete a document",
        responses={202: ErasureStartedSerializer},
    )
    def delete(self, request: Request, uuid: UUID) -> Response:
        """No answer contains it from now on; the receipt tells when all copies are gone."""
        erasure = document_delete(document=document_get(request, uuid), by=user_of(request))
        return Response({"erasure": erasure.uuid}, status=status.HTTP_202_ACCEPTED)


class VersionDetail(APIView):
    """One version of a document."""

    @extend_schema(
        operation_id="versions_delete",
        summary="Delete one version of a document",
        responses={202: ErasureStartedSerializer},
    )
    def delete(self, request: Request, uuid: UUID, version: UUID) -> Response:
        """The document goes with its last one. None that was replaced comes back by this."""
        found = only(document_get(request, uuid).versions.filter(uuid=version, erased_at=None))
        erasure = version_delete(version=found, by=user_of(request))
        return Response({"erasure": erasure.uuid}, status=status.HTTP_202_ACCEPTED)


class DocumentRetry(APIView):
    """Trying a failed document again."""

    @extend_schema(
        operation_id="documents_retry",
        summary="Retry a failed document",
        request=None,
        responses={202: JobSerializer},
    )
    @idempotent
    def post(self, request: Request, uuid: UUID) -> Response:
        """Its job starts from the beginning; 409 when it has not failed."""
        readable = access.documents_of(scope_of(request)).filter(uuid=uuid)
        job = selectors.status_of(only(selectors.with_status(readable))).job
        if job is None:
            raise Conflict(_("There is nothing to retry: the document has not been read yet."))
        retried = job_retry(job=job, by=user_of(request))
        row = JobRow(retried, selectors.job_status_of(retried))
        return Response(JobSerializer(row).data, status=status.HTTP_202_ACCEPTED)


def _narrowed(request: Request, asked: dict[str, object]) -> QuerySet[Document]:
    documents = access.documents_of(scope_of(request))
    if isinstance(uuid := asked.get("collection"), UUID):
        documents = documents.filter(collection=collection_get(request, uuid))
    if isinstance(wanted := asked.get("status"), str):
        documents = selectors.filter_status(documents, wanted)
    if isinstance(part := asked.get("q"), str):
        documents = documents.filter(Q(title__icontains=part) | Q(path__icontains=part))
    return documents
