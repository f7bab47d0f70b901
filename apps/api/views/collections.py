"""Collections: list, make, show, change, delete; comparing one with a manifest."""

from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.generics import ListAPIView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.views import APIView

from apps.api.idempotency import idempotent
from apps.api.lookups import collection_get
from apps.api.serializers.collections import (
    CollectionSerializer,
    DifferenceSerializer,
    ErasureStartedSerializer,
    ManifestEntrySerializer,
)
from apps.api.signed_in import scope_of, user_of
from apps.core.errors import TooLarge
from apps.knowledge import access, deletion, services
from apps.knowledge.manifests import manifest_diff
from apps.knowledge.models import Collection, Permission

MAX_MANIFEST = 100_000


class CollectionList(ListAPIView[Collection]):
    """The collections that may be read."""

    serializer_class = CollectionSerializer
    queryset = Collection.objects.none()  # for the schema; the user's own are below

    @extend_schema(operation_id="collections_list", summary="List collections")
    def get(self, request: Request) -> Response:
        """Those that may be read, by name."""
        readable = access.collections_of(user_of(request), Permission.READ)
        page = self.paginate_queryset(readable.order_by("name", "id"))
        return self.get_paginated_response(CollectionSerializer(page, many=True).data)

    @extend_schema(
        operation_id="collections_create",
        summary="Make a collection",
        request=CollectionSerializer,
        responses={201: CollectionSerializer},
    )
    @idempotent
    def post(self, request: Request) -> Response:
        """An empty one, managed by whoever made it."""
        values = _validated(CollectionSerializer(data=request.data))
        made = services.collection_create(by=user_of(request), **values)
        return Response(CollectionSerializer(made).data, status=status.HTTP_201_CREATED)


class CollectionDetail(APIView):
    """One collection."""

    @extend_schema(
        operation_id="collections_show",
        summary="Show a collection",
        responses=CollectionSerializer,
    )
    def get(self, request: Request, uuid: UUID) -> Response:
        """Its name, description, language, profile and how sure its answers must be."""
        return Response(CollectionSerializer(collection_get(request, uuid)).data)

    @extend_schema(
        operation_id="collections_change",
        summary="Change a collection",
        request=CollectionSerializer(partial=True),
        responses=CollectionSerializer,
    )
    def patch(self, request: Request, uuid: UUID) -> Response:
        """Only what is given changes."""
        collection = collection_get(request, uuid)
        values = _validated(CollectionSerializer(data=request.data, partial=True))
        changed = services.collection_update(
            collection=collection, by=user_of(request), values=values
        )
        return Response(CollectionSerializer(changed).data)

    @extend_schema(
        operation_id="collections_delete",
        summary="Delete a collection with its documents",
        responses={202: ErasureStartedSerializer},
    )
    def delete(self, request: Request, uuid: UUID) -> Response:
        """No answer contains any of it from now on; the receipt tells when all copies are gone."""
        erasure = deletion.collection_delete(
            collection=collection_get(request, uuid), by=user_of(request)
        )
        return Response({"erasure": erasure.uuid}, status=status.HTTP_202_ACCEPTED)


class SyncDiff(APIView):
    """What a sync client has to do."""

    @extend_schema(
        operation_id="collections_sync_diff",
        summary="Compare with a manifest",
        request=ManifestEntrySerializer(many=True),
        responses=DifferenceSerializer,
    )
    def post(self, request: Request, uuid: UUID) -> Response:
        """Paths to send or to delete, for a manifest of at most 100,000 files. Changes nothing."""
        collection = collection_get(request, uuid)
        if isinstance(request.data, list) and len(request.data) > MAX_MANIFEST:
            raise TooLarge(_("A manifest may have 100,000 entries. Compare folder by folder."))
        entries = ManifestEntrySerializer(data=request.data, many=True)
        entries.is_valid(raise_exception=True)
        manifest = {entry["path"]: entry["sha256"].lower() for entry in entries.validated_data}
        difference = manifest_diff(
            collection=collection, manifest=manifest, scope=scope_of(request)
        )
        return Response(DifferenceSerializer(difference).data)


def _validated(serializer: BaseSerializer[Collection]) -> dict[str, Any]:
    serializer.is_valid(raise_exception=True)
    return dict(serializer.validated_data)
