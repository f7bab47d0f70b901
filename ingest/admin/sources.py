"""The page “Sources”: where the documents of each collection come from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
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


def sources_page(request: HttpRequest) -> HttpResponse:
    """Each collection that the user may read, with the ways in which documents came."""
    if not request.user.has_perm("knowledge.view_collection"):
        raise PermissionDenied
    scope = rights.scope_of(request)
    context = {"title": _("Sources"), "collections": _collections(scope)}
    return render_site_page(request, "ingest/admin/sources.html", context)


def _collections(scope: Scope) -> list[tuple[Collection, Sequence[Row]]]:
    keys = _keys_by_user()
    rows: dict[int, list[Row]] = {}
    for origin in origins_of(scope):
        row = Row(origin, *WAYS[origin.way], keys.get(origin.sender, 0))
        rows.setdefault(origin.collection_id, []).append(row)
    readable = Collection.objects.filter(pk__in=scope.visible_ids).order_by("name")
    return [(collection, rows.get(collection.pk, [])) for collection in readable]


def _keys_by_user() -> dict[str, int]:
    usable = ApiKey.objects.filter(revoked_at=None).exclude(expires_at__lt=clock.now())
    counted = usable.order_by().values_list("user__username").annotate(Count("id"))
    return dict(counted)
