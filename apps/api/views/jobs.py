"""Looking up jobs and receipts of deletions."""

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.api.lookups import erasure_get, job_get
from apps.api.serializers.collections import ErasureSerializer
from apps.api.serializers.documents import JobRow, JobSerializer
from apps.ops.erasing.receipt import receipt_of
from ingest.selectors import job_status_of


class JobDetail(APIView):
    """One job."""

    @extend_schema(operation_id="jobs_show", summary="Show a job", responses=JobSerializer)
    def get(self, request: Request, uuid: UUID) -> Response:
        """An import or archive is done when all its documents are."""
        job = job_get(request, uuid)
        return Response(JobSerializer(JobRow(job, job_status_of(job))).data)


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
