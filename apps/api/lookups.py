"""Finding what an address names. What is unknown and what may not be read are the same NotFound."""

from typing import TypeVar
from uuid import UUID

from django.db.models import F, Model, QuerySet
from django.utils.translation import gettext as _
from rest_framework.request import Request

from apps.api.signed_in import scope_of, user_of
from apps.core.errors import NotFound
from apps.knowledge import access
from apps.knowledge.models import Collection, Document, Erasure, Permission, Version
from ingest.models import Job
from ingest.selectors import jobs_of

Row = TypeVar("Row", bound=Model)


def only(rows: QuerySet[Row]) -> Row:
    """The one row. Raises NotFound."""
    row = rows.first()
    if row is None:
        raise NotFound(_("There is no such thing, or you may not read it."))
    return row


def collection_get(request: Request, uuid: UUID) -> Collection:
    """A readable collection."""
    readable = access.collections_of(user_of(request), Permission.READ)
    return only(readable.filter(uuid=uuid))


def document_get(request: Request, uuid: UUID) -> Document:
    """A readable document."""
    readable = access.documents_of(scope_of(request)).select_related("collection")
    return only(readable.filter(uuid=uuid))


def version_get(request: Request, document: UUID, version: UUID | None) -> Version:
    """A readable version of a document: the named one, else the one that is searched."""
    versions = access.versions_of(scope_of(request)).filter(document__uuid=document)
    if version is None:
        return only(versions.filter(pk=F("document__current_version")))
    return only(versions.filter(uuid=version))


def job_get(request: Request, uuid: UUID) -> Job:
    """A job on a readable document, or on many of a collection that may be read."""
    jobs = jobs_of(scope_of(request)).filter(collection__deleted_at=None)
    return only(jobs.filter(uuid=uuid).select_related("collection", "version__document"))


def erasure_get(request: Request, uuid: UUID) -> Erasure:
    """A receipt of the signed-in user; administrators see all."""
    user = user_of(request)
    receipts = Erasure.objects.filter(uuid=uuid)
    return only(receipts if user.is_superuser else receipts.filter(requested_by=user))
