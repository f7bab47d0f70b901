"""What is inside a document: the original, its pages, its chunks."""

from functools import partial
from uuid import UUID

from django.http import HttpResponse, HttpResponseBase
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.api import ranges
from apps.api.lookups import document_get, only, version_get
from apps.api.negotiation import AnyAccept
from apps.api.serializers.documents import (
    ChunkSerializer,
    PageSerializer,
    VersionQuerySerializer,
)
from apps.core.errors import NotFound
from apps.knowledge import blobs
from apps.knowledge.models import Chunk, Page, Version

RANGE = OpenApiParameter("Range", str, OpenApiParameter.HEADER, description="One byte range.")


class DocumentFile(APIView):
    """The original."""

    content_negotiation_class = AnyAccept

    @extend_schema(
        operation_id="documents_file",
        summary="Download the original",
        parameters=[VersionQuerySerializer, RANGE],
        responses={
            (200, "*/*"): OpenApiTypes.BINARY,
            (206, "*/*"): OpenApiResponse(OpenApiTypes.BINARY, description="The range."),
            416: OpenApiResponse(description="The range lies outside the file."),
        },
    )
    def get(self, request: Request, uuid: UUID) -> HttpResponseBase:
        """The bytes as they were sent; for a pushed text, the text."""
        version = version_get(request, uuid, _version_asked(request))
        if not version.has_blob:
            return _text_of(version)
        size_bytes = blobs.size_of(version.content_sha256)
        if size_bytes is None:
            raise NotFound(_("The original is gone. Upload the document again."))
        return ranges.send(
            partial(blobs.read, version.content_sha256),
            size_bytes,
            filename=version.filename,
            media_type=version.media_type,
            wanted=request.headers.get("Range"),
        )


class DocumentPage(APIView):
    """One page's text."""

    @extend_schema(
        operation_id="documents_page",
        summary="Read a page",
        parameters=[VersionQuerySerializer],
        responses=PageSerializer,
    )
    def get(self, request: Request, uuid: UUID, number: int) -> Response:
        """Pages, sheets, slides or mails count from 1."""
        version = version_get(request, uuid, _version_asked(request))
        pages = Page.objects.select_related("version__document")
        return Response(PageSerializer(only(pages.filter(version=version, number=number))).data)


class DocumentChunks(ListAPIView[Chunk]):
    """The passages of a document."""

    serializer_class = ChunkSerializer
    queryset = Chunk.objects.none()  # for the schema; the readable ones are below

    @extend_schema(
        operation_id="documents_chunks",
        summary="List the chunks of a document",
        parameters=[VersionQuerySerializer],
    )
    def get(self, request: Request, uuid: UUID) -> Response:
        """In reading order; none while the document has not been read."""
        asked = _version_asked(request)
        chunks = Chunk.objects.none()
        if asked or document_get(request, uuid).current_version_id:
            version = version_get(request, uuid, asked)
            chunks = Chunk.objects.filter(version=version).order_by("ordinal")
        page = self.paginate_queryset(chunks)
        return self.get_paginated_response(ChunkSerializer(page, many=True).data)


def _version_asked(request: Request) -> UUID | None:
    query = VersionQuerySerializer(data=request.query_params)
    query.is_valid(raise_exception=True)
    asked: UUID | None = query.validated_data.get("version")
    return asked


def _text_of(version: Version) -> HttpResponse:
    name = version.document.path.rsplit("/", 1)[-1]
    filename = name if name.endswith((".txt", ".md")) else f"{name}.txt"
    text = "\f".join(version.pages.order_by("number").values_list("text", flat=True))
    disposition = content_disposition_header(True, filename) or "attachment"
    return HttpResponse(
        text,
        content_type="text/plain; charset=utf-8",
        headers=ranges.SAFETY | {"Content-Disposition": disposition},
    )
