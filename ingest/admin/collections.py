"""Admin pages of collections: settings, who may use them, uploads."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.forms import BaseModelFormSet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from apps.accounts.signed_in import user_of
from apps.core.adminsite import ModelAdmin, display, moment, pill
from apps.knowledge import deletion, services
from apps.knowledge.access import documents_of
from apps.knowledge.admin.grants import CollectionGrants, save_grants
from apps.knowledge.admin.readers import readers_page
from apps.knowledge.models import Collection, Erasure, Permission
from ingest.admin import rights, uploads
from ingest.admin.collection_form import CollectionForm, NewCollectionForm
from ingest.admin.deletion import ErasingAdmin
from ingest.admin.retry import retry_each
from ingest.holdings import failed_jobs, failures_of, holdings_of, with_counts
from ingest.overview import documents_by_status

ABOUT = 90  # characters of the description
NAMED = 3  # grants whose names a list shows


@admin.register(Collection)
class CollectionAdmin(ErasingAdmin, ModelAdmin[Collection]):
    """Collections that the user may read; what they may change the grants say."""

    list_display = ("title", "document_count", "failed_count", "readers_in_words", "made")
    list_filter = ("language", "profile")
    search_fields = ("name", "description")
    inlines = (CollectionGrants,)
    change_form_outer_before_template = "ingest/admin/collection_state.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Collection]:
        """Readable collections with the numbers of their documents, and their grants."""
        readable = rights.collections_for(request, Permission.READ)
        counted = with_counts(readable, scope=rights.scope_of(request))
        return counted.prefetch_related("grants__user", "grants__group")

    def get_form(
        self, request: HttpRequest, obj: Collection | None = None, change: bool = False, **kw: Any
    ) -> Any:
        """Questions are suggested once there is something to ask about."""
        form = CollectionForm if obj else NewCollectionForm
        return super().get_form(request, obj, change=change, **{**kw, "form": form})

    def get_fields(self, request: HttpRequest, obj: Collection | None = None) -> Any:
        """The same fields as in the form."""
        fields = ("name", "description", ("language", "profile"))
        more = ("remote_use", "min_confidence", "suggested_questions")
        return (*fields, *more) if obj else fields

    def get_inlines(self, request: HttpRequest, obj: Collection | None) -> Any:
        """Access is given once the collection exists; its creator manages it from the start."""
        return super().get_inlines(request, obj) if obj else ()

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Django's permission and a MANAGE grant."""
        return super().has_change_permission(request) and _manages(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Django's permission and a MANAGE grant."""
        return super().has_delete_permission(request) and _manages(request, obj)

    def get_urls(self) -> list[URLPattern]:
        """With the pages of our own: upload, readers, retry."""
        view = self.admin_site.admin_view
        own = [
            path("<int:pk>/retry/", view(self.retry), name="knowledge_collection_retry"),
            path("<int:pk>/upload/", view(self.upload), name="knowledge_collection_upload"),
            path("<int:pk>/readers/", view(self.readers), name="knowledge_collection_readers"),
        ]
        return own + super().get_urls()

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """With its state above the form."""
        found = self.get_object(request, object_id)
        state = {} if found is None else self.collection_context(request, found)
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **state})

    def collection_context(self, request: HttpRequest, collection: Collection) -> dict[str, Any]:
        """What the page shows above the form."""
        scope = rights.scope_of(request)
        documents = documents_of(scope).filter(collection=collection)
        return {
            "collection": collection,
            "by_status": documents_by_status(documents),
            "holdings": holdings_of(documents),
            "failures": failures_of(collection, scope=scope),
            "may_write": rights.is_allowed(request, Permission.WRITE, collection.pk),
            "may_manage": rights.is_allowed(request, Permission.MANAGE, collection.pk),
        }

    def save_model(self, request: HttpRequest, obj: Collection, form: Any, change: bool) -> None:
        """Written by the services, which check the right again."""
        values = {name: form.cleaned_data[name] for name in form.cleaned_data}
        user = user_of(request)
        if change:
            services.collection_update(collection=obj, by=user, values=values)
        else:
            obj.pk = services.collection_create(by=user, **values).pk

    def save_formset(
        self, request: HttpRequest, form: Any, formset: BaseModelFormSet[Any, Any], change: bool
    ) -> None:
        """Grants are written by the services."""
        save_grants(formset, user_of(request))

    def response_add(
        self, request: HttpRequest, obj: Collection, post_url_continue: str | None = None
    ) -> HttpResponse:
        """A new collection wants documents: go on to the upload."""
        response = super().response_add(request, obj, post_url_continue)
        if set(request.POST) & {"_addanother", "_continue", "_popup"}:
            return response
        return HttpResponseRedirect(reverse("admin:knowledge_collection_upload", args=(obj.pk,)))

    def erase(self, request: HttpRequest, target: Collection) -> Erasure:
        """Delete through the service."""
        return deletion.collection_delete(collection=target, by=user_of(request))

    def upload(self, request: HttpRequest, pk: int) -> HttpResponse:
        """GET: the page to drop files on. POST: one file."""
        collection = rights.collection_or_404(request, pk, Permission.WRITE)
        if request.method == "POST":
            return uploads.receive(request, collection)
        return uploads.page(self, request, collection)

    def readers(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Everyone who may read, with the reason."""
        return readers_page(self, request, rights.collection_or_404(request, pk, Permission.READ))

    def retry(self, request: HttpRequest, pk: int) -> HttpResponse:
        """POST: queue everything that failed in the collection again."""
        collection = rights.collection_or_404(request, pk, Permission.WRITE)
        if request.method == "POST":
            scope = rights.scope_of(request)
            retry_each(request, failed_jobs(collection, scope=scope))
        return HttpResponseRedirect(
            reverse("admin:knowledge_collection_change", args=(collection.pk,))
        )

    @display(description=_("name"), ordering="name")
    def title(self, collection: Collection) -> Any:
        """The name, and the first words of the description below it."""
        text = collection.description
        return format_html(
            '<span class="cb-two-lines"><strong>{}</strong><small>{}</small></span>',
            collection.name,
            text if len(text) <= ABOUT else f"{text[: ABOUT - 1]}…",
        )

    @display(description=_("created"), ordering="created_at")
    def made(self, collection: Collection) -> str:
        """When it was made."""
        return moment(collection.created_at)

    @display(description=_("documents"), ordering="documents_n")
    def document_count(self, collection: Any) -> int:
        """How many documents it holds."""
        return int(collection.documents_n)

    @display(description=_("failed"), ordering="failed_n")
    def failed_count(self, collection: Any) -> Any:
        """How many documents could not be read."""
        if not collection.failed_n:
            return ""
        address = reverse("admin:knowledge_document_changelist")
        return format_html(
            '<a href="{}?collection={}&amp;status=failed">{}</a>',
            address,
            str(collection.pk),
            pill("bad", collection.failed_n),
        )

    @display(description=_("who may read"))
    def readers_in_words(self, collection: Collection) -> str:
        """The names of the grants."""
        grants = list(collection.grants.all())
        if any(grant.is_everyone for grant in grants):
            return str(_("Everyone"))
        names = [str(grant.group or grant.user) for grant in grants]
        shown = ", ".join(names[:NAMED])
        return shown if len(names) <= NAMED else f"{shown} +{len(names) - NAMED}"


def _manages(request: HttpRequest, obj: object) -> bool:
    if obj is None:
        return True
    key = obj.pk if isinstance(obj, Collection) else int(str(obj))
    return rights.is_allowed(request, Permission.MANAGE, key)
