"""Who may read a single document: granting it, denying it, taking either back."""

from collections.abc import Iterable
from uuid import UUID

from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.core.errors import NotFound
from apps.knowledge import access
from apps.knowledge.models import Document, DocumentGrant, Permission


def document_grant(*, document: Document, to: User | Group | None, by: User) -> DocumentGrant:
    """Let a user, a group, or (None) everyone who signs in read the document.

    Replaces what was said of them before. Raises NotFound for a document that `by` may not read,
    Forbidden when they do not manage its collection.
    """
    return _ruled(document, to, by, is_denied=False)


def document_deny(*, document: Document, to: User | Group | None, by: User) -> DocumentGrant:
    """Keep the document from a user, a group, or (None) everyone, whatever else grants it to them.

    Administrators read it all the same. Who denies it to themselves cannot take that back. Replaces
    what was said of them before; raises as `document_grant`.
    """
    return _ruled(document, to, by, is_denied=True)


def document_grant_revoke(*, grant: DocumentGrant, by: User) -> None:
    """Take a grant or a denial back. Safe to repeat; raises as `document_grant`."""
    access.require_on(by, Permission.MANAGE, grant.document)
    DocumentGrant.objects.filter(pk=grant.pk).delete()


def document_grant_list(*, document: Document, by: User) -> QuerySet[DocumentGrant]:
    """What is said of the document, denials first. Raises as `document_grant`."""
    access.require_on(by, Permission.MANAGE, document)
    rules = document.grants.select_related("user", "group")
    return rules.order_by("-is_denied", "-is_everyone", "group__name", "user__username", "pk")


def document_grant_get(*, document: Document, uuid: UUID, by: User) -> DocumentGrant:
    """One of them. Raises as `document_grant`, and NotFound when the document has no such one."""
    found = document_grant_list(document=document, by=by).filter(uuid=uuid).first()
    if found is None:
        raise NotFound(_("The document has no such grant."))
    return found


def ruled_ids(documents: Iterable[int]) -> frozenset[int]:
    """Which of the documents (keys) have grants or denials of their own; one query."""
    rules = DocumentGrant.objects.filter(document__in=list(documents)).order_by()
    return frozenset(rules.values_list("document", flat=True))


@transaction.atomic
def _ruled(
    document: Document, to: User | Group | None, by: User, *, is_denied: bool
) -> DocumentGrant:
    access.require_on(by, Permission.MANAGE, document)
    rule, _is_new = DocumentGrant.objects.update_or_create(
        document=document,
        user=to if isinstance(to, User) else None,
        group=to if isinstance(to, Group) else None,
        is_everyone=to is None,
        defaults={"is_denied": is_denied},
    )
    return rule
