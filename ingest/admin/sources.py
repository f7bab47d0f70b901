"""The page “Sources”: where the documents of each collection come from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Page, Paginator
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.accounts.models import ApiKey
from apps.core import clock
from apps.core.adminsite import render_site_page
from apps.knowledge.access import Scope
from apps.knowledge.models import Collection
from ingest.admin import rights
from ingest.holdings import Origin, origins_of

COLLECTIONS_A_PAGE, ORIGINS_SHOWN = 25, 5  # of each collection, until it is looked at alone
WAYS: Mapping[str, tuple[Any, str]] = {
    "upload": (gettext_lazy("Files uploaded"), "upload_file"),
    "archive": (gettext_lazy("Files out of archives"), "folder_zip"),
    "text": (gettext_lazy("Texts pushed by a system"), "output"),
    "import": (gettext_lazy("Lines of NDJSON imports"), "dataset"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One origin as the page shows it. `keys`: API keys in use that act as the sender."""

    origin: Origin
    name: Any
    icon: str
    keys: int


@dataclass(frozen=True, slots=True)
class Place:
    """A collection with its newest origins; `more` are not shown."""

    collection: Collection
    rows: Sequence[Row]
    more: int


def sources_page(request: HttpRequest) -> HttpResponse:
    """A page of the collections that the user may read, with the ways in which documents came.

    GET `collection`: that one alone, with all of them.
    """
    if not request.user.has_perm("knowledge.view_collection"):
        raise PermissionDenied
    scope, alone = rights.scope_of(request), request.GET.get("collection", "")
    readable = Collection.objects.filter(pk__in=scope.visible_ids).order_by("name")
    if alone.isdecimal():
        readable = readable.filter(pk=alone)
    page = Paginator(readable, COLLECTIONS_A_PAGE).get_page(request.GET.get("p"))
    context = {
        "title": _("Sources"),
        "page": page,
        "is_alone": bool(alone),
        "places": _places(page, scope, None if alone else ORIGINS_SHOWN),
    }
    return render_site_page(request, "ingest/admin/sources.html", context)


def _places(page: Page[Collection], scope: Scope, most: int | None) -> list[Place]:
    collections = list(page)
    keys = _keys_by_user()
    rows: dict[int, list[Row]] = {}
    for origin in origins_of(scope.within(frozenset(one.pk for one in collections))):
        row = Row(origin, *WAYS[origin.way], keys.get(origin.sender, 0))
        rows.setdefault(origin.collection_id, []).append(row)
    found = [(one, rows.get(one.pk, [])) for one in collections]
    return [Place(one, all_[:most], len(all_) - len(all_[:most])) for one, all_ in found]


def _keys_by_user() -> dict[str, int]:
    usable = ApiKey.objects.filter(revoked_at=None).exclude(expires_at__lt=clock.now())
    counted = usable.order_by().values_list("user__username").annotate(Count("id"))
    return dict(counted)
