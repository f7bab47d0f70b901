"""Deleting from the admin: by the services only, with an account of what goes and a receipt."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from django.contrib import messages
from django.db.models import Count, Q, QuerySet, Sum
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.defaultfilters import filesizeformat
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.core.adminsite import ModelAdmin, tell_refusal
from apps.core.errors import ClawdbotError
from apps.knowledge.access import documents_of
from apps.knowledge.models import Collection, Document, Erasure, Version, VersionState
from ingest.admin import rights

LISTED = 50
NAMED_FROM = 20  # documents; a collection of more is deleted once its name was typed
R = TypeVar("R", bound=HttpResponse | None)

if TYPE_CHECKING:
    Base = ModelAdmin[Any]
else:
    Base = object


class ErasingAdmin(Base):
    """Mix in before ModelAdmin; the class says in `erase` which service deletes."""

    delete_confirmation_template = "ingest/admin/delete_confirmation.html"
    delete_selected_confirmation_template = "ingest/admin/delete_confirmation.html"

    def erase(self, request: HttpRequest, target: Any) -> Erasure:
        """Delete the target and return the receipt. Raises ClawdbotError on a refusal."""
        raise NotImplementedError

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """What will go, counted in the database: Django would load every chunk."""
        targets = list(objs)
        lacking = {
            str(self.opts.verbose_name)
            for target in targets
            if not self.has_delete_permission(request, target)
        }
        readable = documents_of(rights.scope_of(request))
        return _names(targets), _counts(targets, readable), lacking, _unnamed(targets, request)

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: Any = None
    ) -> HttpResponse:
        """As Django's; what asks for a name may be deleted all the same."""
        return _as_question(super().delete_view(request, object_id, extra_context))

    def response_action(
        self, request: HttpRequest, queryset: Any, *where: Any
    ) -> HttpResponse | None:
        """As `delete_view`, for the chosen rows of a list."""
        return _as_question(super().response_action(request, queryset, *where))

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        """By the service."""
        request.erasure = self.erase(request, obj)  # type: ignore[attr-defined]

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        """One by one, by the service: each has its receipt."""
        for target in queryset:
            try:
                self.erase(request, target)
            except ClawdbotError as error:
                tell_refusal(request, error)

    def response_delete(self, request: HttpRequest, obj_display: str, obj_id: int) -> HttpResponse:
        """Lead to the receipt."""
        erasure = request.erasure  # type: ignore[attr-defined]
        text = _("“%(name)s” is deleted: no answer contains it any more. This is the receipt.")
        messages.success(request, text % {"name": obj_display})
        return HttpResponseRedirect(reverse("admin:knowledge_erasure_change", args=(erasure.pk,)))


def _unnamed(targets: Sequence[Any], request: HttpRequest) -> list[Collection]:
    """Collections of many documents whose names were not typed: nothing is deleted then."""
    held = Count("documents", filter=Q(documents__deleted_at=None))
    keys = [target.pk for target in targets if isinstance(target, Collection)]
    many = Collection.objects.filter(pk__in=keys).annotate(held=held).filter(held__gt=NAMED_FROM)
    return [
        one
        for one in many.order_by("name")
        if request.POST.get(f"name-{one.pk}", "").split() != one.name.split()
    ]


def _as_question(response: R) -> R:
    if isinstance(response, TemplateResponse) and response.context_data is not None:
        context = response.context_data
        if context.get("protected") and not context.get("perms_lacking"):
            context["title"] = _("Delete")
    return response


def _names(targets: Sequence[Any]) -> list[str]:
    names = [str(target) for target in targets[:LISTED]]
    more = len(targets) - len(names)
    if more:
        names.append(ngettext("and %(n)d more", "and %(n)d more", more) % {"n": more})
    return names


def _counts(targets: Iterable[Any], documents: QuerySet[Document]) -> dict[Any, Any]:
    """Names of what goes, with numbers."""
    chosen = list(targets)
    keys = [target.pk for target in chosen]
    is_collection = bool(chosen) and isinstance(chosen[0], Collection)
    documents = documents.filter(
        **({"collection__in": keys} if is_collection else {"pk__in": keys})
    )
    versions = Version.objects.filter(document__in=documents).exclude(state=VersionState.DEAD)
    found = versions.aggregate(
        versions=Count("id"),
        pages=Sum("page_count"),
        chunks=Sum("chunk_count"),
        size=Sum("size_bytes"),
    )
    return {
        _("Documents"): documents.count(),
        _("Versions"): found["versions"],
        _("Pages"): found["pages"] or 0,
        _("Chunks"): found["chunks"] or 0,
        _("Size of the originals"): filesizeformat(found["size"] or 0),
    }
