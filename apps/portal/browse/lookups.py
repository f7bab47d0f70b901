"""Finding what an address names, with the right to do what the page does."""

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest

from apps.accounts.signed_in import user_of
from apps.core.errors import Forbidden, NotFound
from apps.knowledge import access
from apps.knowledge.access import Scope
from apps.knowledge.models import Collection, Document, Permission
from ingest.selectors import with_status


def scope_of(request: HttpRequest) -> Scope:
    """What the signed-in user may read now."""
    return Scope.of(user_of(request))


def collection_get(
    request: HttpRequest, uuid: UUID, permission: Permission = Permission.READ
) -> Collection:
    """The collection. Http404 when it may not be read, PermissionDenied when not this."""
    found = Collection.objects.filter(uuid=uuid, deleted_at=None).first()
    if found is None:
        raise Http404
    _require(request, permission, found)
    return found


def document_get(
    request: HttpRequest, uuid: UUID, permission: Permission = Permission.READ
) -> Document:
    """The document with its status. Http404 and PermissionDenied as for its collection."""
    found = with_status(access.documents_of(scope_of(request))).filter(uuid=uuid).first()
    if found is None:
        raise Http404
    if permission != Permission.READ:
        _require(request, permission, found.collection)
    return found


def permission_on(request: HttpRequest, collection: Collection) -> Permission:
    """The most that the signed-in user may do on a collection that may be read."""
    return access.permissions_of(user_of(request), [collection])[collection.pk]


def _require(request: HttpRequest, permission: Permission, collection: Collection) -> None:
    try:
        access.require(user_of(request), permission, collection)
    except NotFound:
        raise Http404 from None
    except Forbidden as error:
        raise PermissionDenied(error.message) from None
