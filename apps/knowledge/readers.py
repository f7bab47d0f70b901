"""Who may read a collection or a document, and why."""

from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.knowledge.models import Collection, Document, DocumentGrant, Grant


@dataclass(frozen=True, slots=True)
class Explained:
    """Whether somebody may read a document, with what speaks for it and against it, one a line."""

    is_allowed: bool
    reasons: list[str]


def readers_of(collection: Collection) -> QuerySet[User]:
    """Active users who may read the collection, by user name: `explain` says why.

    Left out are those who were granted single documents of it only.
    """
    active = User.objects.filter(is_active=True).order_by("username")
    if collection.deleted_at is not None:
        return active.none()
    return active.filter(Q(is_superuser=True) | _named_by(collection.grants.all()))


def document_readers_of(document: Document) -> QuerySet[User]:
    """Active users who may read the document, by user name: `explain_document` says why."""
    active = User.objects.filter(is_active=True).order_by("username")
    if document.deleted_at is not None or document.collection.deleted_at is not None:
        return active.none()
    rules = document.grants.all()
    granted = _named_by(document.collection.grants.all()) | _named_by(rules.filter(is_denied=False))
    return active.filter(
        Q(is_superuser=True) | (granted & ~_named_by(rules.filter(is_denied=True)))
    )


def explain(user: User, collection: Collection) -> list[str]:
    """Why the user may read the collection, one reason a line; empty when they may not.

    Costs no query when `collection.grants` (with their group) and `user.groups` are prefetched.
    """
    if not user.is_active or collection.deleted_at is not None:
        return []
    reasons = [_("administrator")] if user.is_superuser else []
    told = (_reason(one, user, one.get_permission_display()) for one in collection.grants.all())
    return reasons + [one for one in told if one]


def explain_document(user: User, document: Document) -> Explained:
    """Whether the user may read the document: grants of its collection, its own, and denials."""
    if not user.is_active or document.deleted_at is not None:
        return Explained(is_allowed=False, reasons=[])
    reasons = explain(user, document.collection)
    for is_denied in (False, True):
        for rule in document.grants.all():
            if rule.is_denied == is_denied and (why := _reason(rule, user, _effect(rule, user))):
                reasons.append(why)
    readers = document_readers_of(document)
    return Explained(is_allowed=readers.filter(pk=user.pk).exists(), reasons=reasons)


def _named_by(grants: QuerySet[Grant] | QuerySet[DocumentGrant]) -> Q:
    """Condition on users to whom any of the grants applies; without a join, so nobody is twice."""
    if grants.filter(is_everyone=True).exists():
        return Q(pk__gt=0)
    members = User.groups.through.objects.filter(
        group__in=grants.filter(group__isnull=False).values_list("group_id", flat=True)
    )
    return Q(pk__in=grants.filter(user__isnull=False).values("user")) | Q(
        pk__in=members.values("user")
    )


def _effect(rule: DocumentGrant, user: User) -> str:
    if not rule.is_denied:
        return _("may read this document")
    if user.is_superuser:
        return _("must not read this document, which does not bind administrators")
    return _("must not read this document, which wins")


def _reason(grant: Grant | DocumentGrant, user: User, allowed: str) -> str:
    """What the grant means for the user; empty when it does not apply to them."""
    if grant.is_everyone:
        return _("everyone: %(allowed)s") % {"allowed": allowed}
    if grant.user_id == user.pk:
        return _("user %(name)s: %(allowed)s") % {"name": user.get_username(), "allowed": allowed}
    memberships = {group.pk for group in user.groups.all()}
    if grant.group is not None and grant.group_id in memberships:
        return _("group %(name)s: %(allowed)s") % {"name": grant.group.name, "allowed": allowed}
    return ""
