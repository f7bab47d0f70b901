"""Admin pages of collections: settings, who may use them, uploads."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Count, Q, QuerySet
from django.forms import BaseModelFormSet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _

from apps.accounts.signed_in import user_of
from apps.core.adminsite import ModelAdmin, display, moment
from apps.knowledge import services
from apps.knowledge.admin.grants import CollectionGrants, save_grants
from apps.knowledge.admin.readers import readers_page
from apps.knowledge.models import Collection, Erasure, Permission
from ingest.admin import rights, uploads
from ingest.admin.deletion import ErasingAdmin
from ingest.overview import documents_by_status


class CollectionForm(forms.ModelForm[Collection]):
    """Says at the field that a name is taken."""

    class Meta:
        model = Collection
        fields = ("name", "description", "language", "profile")

    def clean_name(self) -> str:
        """Names of collections that exist are unique."""
        name: str = self.cleaned_data["name"].strip()
        others = Collection.objects.filter(deleted_at=None).exclude(pk=self.instance.pk)
        if others.filter(name=name).exists():
            raise forms.ValidationError(_("There is already a collection with this name."))
        return name


@admin.register(Collection)
class CollectionAdmin(ErasingAdmin, ModelAdmin[Collection]):
    """Collections that the user may read; what they may change the grants say."""

    form = CollectionForm
    list_display = ("name", "about", "document_count", "language", "profile", "made")
    search_fields = ("name", "description")
    fields = ("name", "description", ("language", "profile"))
    inlines = (CollectionGrants,)
    change_form_outer_before_template = "ingest/admin/collection_state.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Collection]:
        """Readable collections with the number of their documents."""
        live = Count("documents", filter=Q(documents__deleted_at=None))
        return rights.collections_for(request, Permission.READ).annotate(documents_n=live)

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
        """With the pages of our own: upload, readers."""
        view = self.admin_site.admin_view
        own = [
            path("<int:pk>/upload/", view(self.upload), name="knowledge_collection_upload"),
            path("<int:pk>/readers/", view(self.readers), name="knowledge_collection_readers"),
        ]
        return own + super().get_urls()

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """With the counts by status above the form."""
        found = self.get_object(request, object_id)
        state: dict[str, Any] = {}
        if found is not None:
            state = {
                "collection": found,
                "by_status": documents_by_status(found),
                "may_write": rights.is_allowed(request, Permission.WRITE, found.pk),
            }
        return super().change_view(request, object_id, form_url, {**(extra_context or {}), **state})

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
        return services.collection_delete(collection=target, by=user_of(request))

    def upload(self, request: HttpRequest, pk: int) -> HttpResponse:
        """GET: the page to drop files on. POST: one file."""
        collection = rights.collection_or_404(request, pk, Permission.WRITE)
        if request.method == "POST":
            return uploads.receive(request, collection)
        return uploads.page(self, request, collection)

    def readers(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Everyone who may read, with the reason."""
        return readers_page(self, request, rights.collection_or_404(request, pk, Permission.READ))

    @display(description=_("description"))
    def about(self, collection: Collection) -> str:
        """The first words of the description."""
        text = collection.description
        return text if len(text) <= 80 else f"{text[:79]}…"

    @display(description=_("created"), ordering="created_at")
    def made(self, collection: Collection) -> str:
        """When it was made."""
        return moment(collection.created_at)

    @display(description=_("documents"), ordering="documents_n")
    def document_count(self, collection: Any) -> int:
        """How many documents it holds."""
        return int(collection.documents_n)


def _manages(request: HttpRequest, obj: object) -> bool:
    if obj is None:
        return True
    key = obj.pk if isinstance(obj, Collection) else int(str(obj))
    return rights.is_allowed(request, Permission.MANAGE, key)
