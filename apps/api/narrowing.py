"""What a question or a search is narrowed to."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from rest_framework.request import Request

from apps.api.signed_in import scope_of
from apps.core import metering
from apps.knowledge.access import Scope
from apps.retrieval.protocols import Filters


def scope_from(request: Request, collections: Sequence[UUID] | None) -> Scope:
    """The named collections, or for None all that may be read. Raises NotFound."""
    scope = scope_of(request)
    if collections is not None and len(collections) == 1:
        metering.about(collections[0])
    return scope if collections is None else scope.narrowed(collections)


def filters_from(values: Mapping[str, Any] | None) -> Filters:
    """The filters of a validated request."""
    asked = values or {}
    return Filters(
        documents=tuple(asked.get("documents") or ()),
        media_types=tuple(asked.get("media_types") or ()),
        languages=tuple(asked.get("languages") or ()),
        created_after=asked.get("created_after"),
        created_before=asked.get("created_before"),
        metadata=asked.get("metadata") or {},
    )
