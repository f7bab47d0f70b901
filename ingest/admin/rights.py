"""Who may do what on the admin's pages: Django's permission AND the collection's grant."""

from django.db.models import QuerySet
from django.http import Http404, HttpRequest

from apps.accounts.signed_in import user_of
from apps.knowledge import access
from apps.knowledge.access import Scope
from apps.knowledge.admin.allowed import is_allowed
from apps.knowledge.models import Collection, Document, Permission

__all__ = ["collection_or_404", "collections_for", "document_or_404", "is_allowed", "scope_of"]


def scope_of(request: HttpRequest) -> Scope:
    """What the user may read now."""
    return Scope.of(user_of(request))


def collections_for(request: HttpRequest, permission: Permission) -> QuerySet[Collection]:
    """Collections on which the user has at least `permission`."""
    return access.collections_of(user_of(request), permission)


def collection_or_404(request: HttpRequest, pk: int, permission: Permission) -> Collection:
    """The collection, or Http404: who may not do this does not learn that it exists."""
    found = collections_for(request, permission).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def document_or_404(request: HttpRequest, pk: int) -> Document:
    """The document by its key, readable by the user, or Http404."""
    documents = access.documents_of(scope_of(request)).select_related(
        "collection", "current_version", "latest_version"
    )
    found = documents.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found
