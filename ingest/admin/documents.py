"""Admin pages of documents: state, description, versions, text."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet, Value
from django.forms import BaseModelFormSet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from apps.accounts.signed_in import user_of
from apps.core.adminsite import ModelAdmin, action, display, moment
from apps.knowledge import deletion
from apps.knowledge.access import documents_of
from apps.knowledge.admin.document_grants import DocumentGrants, save_document_grants
from apps.knowledge.models import Document, Erasure, Permission
from ingest.admin import rights
from ingest.admin.deletion import ErasingAdmin
from ingest.admin.document_form import DocumentForm
from ingest.admin.document_text import text_page
from ingest.admin.filters import CollectionFilter, KindFilter, LanguageFilter, StatusFilter
from ingest.admin.originals import original as send_original
from ingest.admin.retry import retry_each
from ingest.models import Job
from ingest.retitling import document_describe
from ingest.selectors import indexed_seq, status_of, with_status
from ingest.words import document_pill, human_error


@admin.register(Document)
class DocumentAdmin(ErasingAdmin, ModelAdmin[Document]):
    """Documents of the collections that the user may read."""

    list_display = ("name", "collection", "state", "extent", "changed")
    list_filter = (StatusFilter, CollectionFilter, KindFilter, LanguageFilter)
    search_fields = ("title", "path")
    list_per_page = 50
    form = DocumentForm
    fields = ("title", "url", "metadata")
    actions = ("retry",)
    actions_list = ("upload",)
    inlines = (DocumentGrants,)
    list_before_template = "ingest/admin/live.html"
    change_form_outer_before_template = "ingest/admin/document_state.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Document]:
        """Documents in the user's scope with all that their state needs, in one query."""
        documents = with_status(documents_of(rights.scope_of(request)))
        return documents.annotate(indexed=Value(indexed_seq())).order_by("path", "pk")

    def get_urls(self) -> list[URLPattern]:
        """With the pages of our own: text beside chunks, the original."""
        view = self.admin_site.admin_view
        own = [
            path("<int:pk>/text/", view(self.text), name="knowledge_document_text"),
            path("<int:pk>/original/", view(self.original), name="knowledge_document_original"),
        ]
        return own + super().get_urls()

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Documents come by upload."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Django's permission and a WRITE grant on the collection."""
        return super().has_change_permission(request) and _may_write(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Django's permission and a WRITE grant on the collection."""
        return super().has_delete_permission(request) and _may_write(request, obj)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """With state, job and versions above the form."""
        found = self.get_object(request, object_id)
        state: dict[str, Any] = {}
        if found is not None:
            status = status_of(found)
            state = {
                "document": found,
                "status": status,
                "pill": document_pill(found.uuid, status),
                "versions": found.versions.select_related("created_by", "job")[:20],
                "has_original": bool(found.latest_version and found.latest_version.has_blob),
                "may_write": _may_write(request, found),
            }
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **state})

    def save_model(self, request: HttpRequest, obj: Document, form: Any, change: bool) -> None:
        """Written by the service, which checks the right again."""
        values = {name: form.cleaned_data[name] for name in form.changed_data}
        document_describe(document=obj, by=user_of(request), values=values)

    def save_formset(
        self, request: HttpRequest, form: Any, formset: BaseModelFormSet[Any, Any], change: bool
    ) -> None:
        """Grants are written by the services."""
        save_document_grants(formset, user_of(request))

    def erase(self, request: HttpRequest, target: Document) -> Erasure:
        """Delete through the service."""
        return deletion.document_delete(document=target, by=user_of(request))

    @admin.action(description=_("Retry those that failed"))
    def retry(self, request: HttpRequest, documents: QuerySet[Document]) -> None:
        """Queue the failed ones of the selection again."""
        versions = documents.values("latest_version")
        retry_each(request, Job.objects.filter(version__in=versions).select_related("collection"))

    @action(description=_("Upload documents"), url_path="upload", icon="upload_file")
    def upload(self, request: HttpRequest) -> HttpResponse:
        """To the upload page of the collection; with several, choose one first."""
        writable = list(rights.collections_for(request, Permission.WRITE)[:2])
        if len(writable) == 1:
            address = reverse("admin:knowledge_collection_upload", args=(writable[0].pk,))
            return HttpResponseRedirect(address)
        self.message_user(request, _("Open the collection to which the documents belong."))
        return HttpResponseRedirect(reverse("admin:knowledge_collection_changelist"))

    def text(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The text of the document beside its chunks."""
        return text_page(self, request, rights.document_or_404(request, pk))

    def original(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """The file as it was uploaded."""
        return send_original(rights.document_or_404(request, pk))

    @display(description=_("document"), ordering="title")
    def name(self, document: Document) -> Any:
        """Title, with the path below it when it says more."""
        if document.path in {document.title, ""}:
            return document.title
        return format_html(
            '<span class="cb-two-lines"><strong>{}</strong><small>{}</small></span>',
            document.title,
            document.path,
        )

    @display(description=_("state"))
    def state(self, document: Any) -> Any:
        """Kept up to date by live.js; why it failed below it."""
        status = status_of(document, indexed=document.indexed)
        shown = document_pill(document.uuid, status)
        if status.error is None:
            return shown
        why = human_error(status.error.message, status.error.page)
        return format_html('<span class="cb-two-lines">{}<small>{}</small></span>', shown, why)

    @display(description=_("changed"), ordering="updated_at")
    def changed(self, document: Document) -> str:
        """When its text or description last changed."""
        return moment(document.updated_at)

    @display(description=_("pages / chunks"))
    def extent(self, document: Document) -> str:
        """How long it is."""
        version = document.latest_version
        return f"{version.page_count} / {version.chunk_count}" if version else ""


def _may_write(request: HttpRequest, document: Document | None) -> bool:
    """Without a document: whether the page may be of use at all; each row is asked again."""
    if document is None:
        return True
    return rights.is_allowed(request, Permission.WRITE, document.collection_id)
