"""Looking up jobs and receipts of deletions."""

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.api.lookups import erasure_get, job_get
from apps.api.serializers.collections import ErasureSerializer, ErasureStartedSerializer
from apps.api.serializers.documents import JobRow, JobSerializer
from apps.api.signed_in import user_of
from apps.ops.erasing.people import user_data_delete
from apps.ops.erasing.receipt import receipt_of
from ingest.selectors import job_status_of
from ingest.sources import source_delete


class JobDetail(APIView):
    """One job."""

    @extend_schema(operation_id="jobs_show", summary="Show a job", responses=JobSerializer)
    def get(self, request: Request, uuid: UUID) -> Response:
        """An import or archive is done when all its documents are."""
        job = job_get(request, uuid)
        return Response(JobSerializer(JobRow(job, job_status_of(job))).data)


class JobDocuments(APIView):
    """What came with one job."""

    @extend_schema(
        operation_id="jobs_delete_documents",
        summary="Delete everything that came with an import, an archive or an upload",
        responses={202: ErasureStartedSerializer},
    )
    def delete(self, request: Request, uuid: UUID) -> Response:
        """A document that was replaced since keeps the newer bytes. 409 while it is being read."""
        erasure = source_delete(job=job_get(request, uuid), by=user_of(request))
        return Response({"erasure": erasure.uuid}, status=status.HTTP_202_ACCEPTED)


class MyData(APIView):
    """What is kept of oneself."""

    @extend_schema(
        operation_id="my_data_delete",
        summary="Delete what is kept of oneself",
        responses={202: ErasureStartedSerializer},
    )
    def delete(self, request: Request) -> Response:
        """Conversations, answers, verdicts, shares, keys (this one, too) and sessions.

        The account stays, and so do documents that one sent, without one's name.
        """
        user = user_of(request)
        erasure = user_data_delete(user=user, by=user)
        return Response({"erasure": erasure.uuid}, status=status.HTTP_202_ACCEPTED)


class ErasureDetail(APIView):
    """One receipt."""

    @extend_schema(
        operation_id="erasures_show",
        summary="Show the receipt of a deletion",
        responses=ErasureSerializer,
    )
    def get(self, request: Request, uuid: UUID) -> Response:
        """One's own; administrators see all."""
        return Response(receipt_of(erasure_get(request, uuid)))
