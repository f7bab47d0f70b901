"""One document: what it is, its versions, describing and replacing it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from apps.accounts.signed_in import user_of
from apps.core import config
from apps.core.addresses import web_address
from apps.knowledge.document_access import ruled_ids
from apps.knowledge.models import Document, Page, Permission, Version, VersionState
from apps.portal.browse.facets import language_name
from apps.portal.browse.forms import DescriptionForm, UploadForm
from apps.portal.browse.listing import DocumentRow
from apps.portal.browse.lookups import document_get, permission_on
from apps.portal.browse.sending import files_submit
from apps.portal.policy import PortalPage
from ingest.retitling import document_describe
from ingest.selectors import status_of

VERSIONS_SHOWN = 50


class DocumentPage(PortalPage):
    """What is known about a document; its description may be changed here."""

    template_name = "portal/browse/document.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The number of queries does not depend on the document."""
        document = self._document
        row = DocumentRow(document, status_of(document))
        versions = self._versions()
        current = next((v for v in versions if v.pk == document.current_version_id), None)
        shown = current or document.latest_version
        first_page = Page.objects.filter(version=current).order_by("number") if current else None
        permission = permission_on(self.request, document.collection)
        may_write = permission >= Permission.WRITE
        context = {
            "document": document,
            "row": row,
            "shown": shown,
            "current": current,
            "preview": first_page.values_list("number", flat=True).first() if first_page else None,
            "versions": versions,
            "added": versions[-1] if versions else None,
            "language": language_name(shown.language) if shown and shown.language else "",
            "address": web_address(document.url),
            "may_write": may_write,
            "is_ruled": permission >= Permission.MANAGE and bool(ruled_ids([document.pk])),
            "max_file": config.load().ingest.max_file,
        }
        if may_write and "form" not in kwargs:
            context["form"] = DescriptionForm(document=document)
        return super().get_context_data(**context, **kwargs)

    def post(self, request: HttpRequest, uuid: UUID) -> HttpResponse:
        """Change title, address and metadata."""
        document = document_get(request, uuid, Permission.WRITE)
        form = DescriptionForm(request.POST, document=document)
        if not form.is_valid():
            return self.render_to_response(self.get_context_data(form=form), status=422)
        document_describe(document=document, by=user_of(request), values=form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect("document", uuid)

    @cached_property
    def _document(self) -> Document:
        return document_get(self.request, self.kwargs["uuid"])

    def _versions(self) -> list[Version]:
        """Newest first, without those that are gone."""
        there = self._document.versions.exclude(state=VersionState.DEAD)
        return list(there.select_related("created_by").order_by("-number")[:VERSIONS_SHOWN])


class ReplaceDocument(PortalPage):
    """The next version of a document."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, uuid: UUID) -> HttpResponse:
        """Take one file at the document's path; it answers once it has been read."""
        document = document_get(request, uuid, Permission.WRITE)
        form = UploadForm(request.POST, request.FILES)
        if not form.is_valid():
            messages.error(request, _("No file came with the request. Choose it again."))
            return redirect("document", uuid)
        sent = files_submit(
            form.cleaned_data["file"][:1],
            collection=document.collection,
            by=user_of(request),
            on_conflict=form.cleaned_data["on_conflict"],
            path=document.path,
        )
        for refusal in sent.refusals:
            messages.error(request, refusal)
        if sent.taken:
            text = _("The new version is being read; until it is ready, the old one answers.")
            messages.success(request, text)
        return redirect("document", uuid)
