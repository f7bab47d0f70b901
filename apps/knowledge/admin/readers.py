"""The page “Who may read this”: every user a collection's grants amount to, with the reason."""

from typing import Any

from django.core.paginator import Paginator
from django.db.models import Q, prefetch_related_objects
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _

from apps.core.adminsite import ModelAdmin, render_page
from apps.knowledge.models import Collection
from apps.knowledge.readers import explain, readers_of

PER_PAGE = 50


def readers_page(
    admin: "ModelAdmin[Any]", request: HttpRequest, collection: Collection
) -> TemplateResponse:
    """Readers of the collection, by name, `?q=` narrows. The queries do not grow with the list."""
    readers = readers_of(collection)
    words = request.GET.get("q", "").strip()
    if words:
        readers = readers.filter(
            Q(username__icontains=words)
            | Q(first_name__icontains=words)
            | Q(last_name__icontains=words)
        )
    prefetch_related_objects([collection], "grants__group")
    page = Paginator(readers.prefetch_related("groups"), PER_PAGE).get_page(request.GET.get("p"))
    rows = [(user, explain(user, collection)) for user in page]
    context = {
        "title": _("Who may read “%(name)s”") % {"name": collection.name},
        "original": collection,
        "page": page,
        "rows": rows,
        "words": words,
    }
    return render_page(admin, request, "knowledge/admin/readers.html", context)
