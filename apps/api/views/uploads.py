"""Taking documents in: files, a text, NDJSON in bulk."""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import PolymorphicProxySerializer, extend_schema
from rest_framework import status
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from apps.api import ndjson
from apps.api.exceptions import body_of
from apps.api.idempotency import idempotent
from apps.api.lookups import collection_get
from apps.api.parsers import JsonParser
from apps.api.serializers.documents import (
    ConflictQuerySerializer,
    FileDocumentsSerializer,
    ImportStartedSerializer,
    SubmittedListSerializer,
    SubmittedSerializer,
    TextDocumentSerializer,
)
from apps.api.signed_in import user_of
from apps.core.errors import ClawdbotError, Invalid
from apps.knowledge import access
from apps.knowledge.models import Collection, Permission
from ingest import selectors, services
from ingest.submissions import OnConflict, Submitted, TextUpload, Upload

ONE_FILE_ONLY = ("title", "url", "metadata")


class CollectionDocuments(APIView):
    """Adding documents to a collection."""

    parser_classes = [JsonParser, MultiPartParser]

    @extend_schema(
        operation_id="documents_add",
        summary="Upload files, or push a text",
        parameters=[ConflictQuerySerializer],
        request={
            "multipart/form-data": FileDocumentsSerializer,
            "application/json": TextDocumentSerializer,
        },
        responses={
            202: PolymorphicProxySerializer(
                component_name="DocumentsAdded",
                serializers=[SubmittedSerializer, SubmittedListSerializer],
                resource_type_field_name=None,
            )
        },
    )
    @idempotent
    def post(self, request: Request, uuid: UUID) -> Response:
        """One file or a text is answered with one object, several files with a list.

        A file of several that is refused stands in the list with its `error`; the others are
        taken.

        A zip is unpacked in the background: its `id` is null, follow its `job`. The same bytes at
        the same path are nothing new.
        """
        collection = collection_get(request, uuid)
        is_form = isinstance(request.data, dict) and hasattr(request.data, "getlist")
        body = _files(request, collection) if is_form else _text(request, collection)
        return Response(body, status=status.HTTP_202_ACCEPTED)


class CollectionImport(APIView):
    """Adding many texts at once."""

    @extend_schema(
        operation_id="documents_import",
        summary="Import texts in bulk",
        parameters=[ConflictQuerySerializer],
        request=dict.fromkeys(ndjson.MEDIA_TYPES, OpenApiTypes.STR),
        responses={202: ImportStartedSerializer},
    )
    @idempotent
    def post(self, request: Request, uuid: UUID) -> Response:
        """One JSON object a line: `{id, title, text, url, metadata}`; `id` becomes the path.

        The lines are stored as they arrive and taken in by a job; it lists the lines that it
        could not use.
        """
        collection = collection_get(request, uuid)
        job = services.import_submit(
            collection=collection,
            lines=ndjson.body_of(request),
            by=user_of(request),
            on_conflict=_on_conflict(request, {}),
        )
        return Response({"job": job.uuid, "state": job.state}, status=status.HTTP_202_ACCEPTED)


def _files(request: Request, collection: Collection) -> dict[str, Any]:
    form = FileDocumentsSerializer(data=request.data)
    form.is_valid(raise_exception=True)
    values = form.validated_data
    uploads = _uploads(values)
    user, on_conflict = user_of(request), _on_conflict(request, values)
    access.require(user, Permission.WRITE, collection)

    def take(upload: Upload) -> dict[str, Any]:
        return _answer(
            services.document_submit(
                collection=collection, upload=upload, by=user, on_conflict=on_conflict
            )
        )

    if len(uploads) == 1:
        return take(uploads[0])
    return {"documents": [_taken_or_refused(take, upload) for upload in uploads]}


def _taken_or_refused(take: Callable[[Upload], dict[str, Any]], upload: Upload) -> dict[str, Any]:
    """One of several files: its refusal must not hide what became of the others."""
    try:
        return take(upload)
    except ClawdbotError as error:
        return {"path": upload.path} | body_of(error)


def _uploads(values: dict[str, Any]) -> list[Upload]:
    files: Sequence[UploadedFile[bytes]] = values["file"]
    paths: Sequence[str] = values.get("path") or [file.name or "" for file in files]
    if len(paths) != len(files):
        raise Invalid(_("Give one `path` for each `file`, in the same order, or none at all."))
    facts = {name: values[name] for name in ONE_FILE_ONLY if name in values}
    if facts and len(files) > 1:
        raise Invalid(_("`title`, `url` and `metadata` can be given with a single file only."))
    return [
        Upload(path=path, content=file.chunks(), **facts)
        for path, file in zip(paths, files, strict=True)
    ]


def _text(request: Request, collection: Collection) -> dict[str, Any]:
    form = TextDocumentSerializer(data=request.data)
    form.is_valid(raise_exception=True)
    values = dict(form.validated_data)
    on_conflict = _on_conflict(request, values)
    values.pop("on_conflict", None)
    return _answer(
        services.text_submit(
            collection=collection,
            text=TextUpload(**values),
            by=user_of(request),
            on_conflict=on_conflict,
        )
    )


def _on_conflict(request: Request, values: dict[str, Any]) -> OnConflict:
    """What the body says, else the address, else replace."""
    query = ConflictQuerySerializer(data=request.query_params)
    query.is_valid(raise_exception=True)
    asked = values.get("on_conflict") or query.validated_data.get("on_conflict")
    return OnConflict(asked or OnConflict.REPLACE)


def _answer(submitted: Submitted) -> dict[str, Any]:
    document = submitted.document
    state = "queued" if document is None else selectors.status_of(document).status
    row = {
        "document": document,
        "version": submitted.version,
        "job": submitted.job,
        "status": state,
        "is_new": submitted.is_new,
    }
    return dict(SubmittedSerializer(row).data)
