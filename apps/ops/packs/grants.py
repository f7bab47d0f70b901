"""Who may do what, by name: written into a pack, and matched with the people of another place."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from django.contrib.auth.models import Group

from apps.accounts.models import User
from apps.knowledge.models import Collection, Document, DocumentGrant, Grant, Permission
from apps.ops.packs.holdings import Holdings
from apps.ops.packs.schema import GrantLine

Principal = Grant | DocumentGrant


@dataclass(slots=True)
class Matched:
    """What became of a pack's grants: how many hold here, who is unknown, what was closed."""

    granted: int = 0
    unknown: set[str] = field(default_factory=set)  # "user ann", "group traders"
    closed: set[str] = field(default_factory=set)  # documents that nobody may read for now


def grant_lines(holdings: Holdings) -> Iterator[GrantLine]:
    """The grants of the collection, then of its documents, in an order of their own."""
    collection = holdings.collection.grants.select_related("user", "group")
    on_collection = [
        GrantLine.model_validate({"permission": one.permission, **_principal(one)})
        for one in collection
    ]
    yield from sorted(on_collection, key=lambda line: (line.principal, line.name))
    on_documents = DocumentGrant.objects.filter(document__in=holdings.documents())
    lines = [
        GrantLine.model_validate(
            {"path": one.document.path, "is_denied": one.is_denied, **_principal(one)}
        )
        for one in on_documents.select_related("document", "user", "group")
    ]
    yield from sorted(lines, key=lambda line: (line.path.encode(), line.principal, line.name))


def grants_take(collection: Collection, lines: Iterable[GrantLine], *, by: User) -> Matched:
    """Give the rights of a pack to the users and groups that have the same names here.

    Nobody is created, and nobody gets more than is named: a document that is denied to somebody
    unknown is closed to everyone, until an administrator decides. `by` manages the collection.
    """
    matched = Matched()
    users, groups = {by.get_username(): by}, dict[str, Group]()
    Grant.objects.create(collection=collection, user=by, permission=Permission.MANAGE)
    for line in lines:
        found = _found(line, users, groups)
        if found is None:
            matched.unknown.add(f"{line.principal} {line.name}")
            if line.is_denied:
                matched.closed.add(line.path)
        elif line.path:
            _document_grant(collection, line, found)
            matched.granted += 1
        elif found.get("user") != by:
            Grant.objects.get_or_create(
                collection=collection, **found, defaults={"permission": line.permission}
            )
            matched.granted += 1
    _close(collection, matched.closed)
    return matched


def _principal(grant: Principal) -> dict[str, str]:
    if grant.user is not None:
        return {"principal": "user", "name": grant.user.get_username()}
    if grant.group is not None:
        return {"principal": "group", "name": grant.group.name}
    return {"principal": "everyone"}


def _found(
    line: GrantLine, users: dict[str, User], groups: dict[str, Group]
) -> dict[str, object] | None:
    """How the principal is written in a row here; None: there is no such user or group."""
    if line.principal == "everyone":
        return {"is_everyone": True}
    if line.principal == "user":
        if line.name not in users:
            users |= {one.get_username(): one for one in User.objects.filter(username=line.name)}
        return {"user": users[line.name]} if line.name in users else None
    if line.name not in groups:
        groups |= {one.name: one for one in Group.objects.filter(name=line.name)}
    return {"group": groups[line.name]} if line.name in groups else None


def _document_grant(collection: Collection, line: GrantLine, found: dict[str, object]) -> None:
    document = Document.objects.get(collection=collection, path=line.path)
    DocumentGrant.objects.get_or_create(
        document=document, **found, defaults={"is_denied": line.is_denied}
    )


def _close(collection: Collection, paths: Iterable[str]) -> None:
    for document in Document.objects.filter(collection=collection, path__in=list(paths)):
        DocumentGrant.objects.update_or_create(
            document=document, is_everyone=True, defaults={"is_denied": True}
        )
