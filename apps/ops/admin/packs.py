"""Admin page of knowledge packs: how far imports are; and a collection as a download."""

from typing import Any

from django.contrib import admin, messages
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.accounts.signed_in import user_of
from apps.core.adminsite import (
    ModelAdmin,
    ReadOnly,
    SuperuserOnly,
    display,
    moment,
    pill,
    tell_refusal,
)
from apps.core.errors import ClawdbotError, Invalid
from apps.core.text import labelled
from apps.knowledge.models import Collection, Permission
from apps.ops.models import PackImport
from apps.ops.packs import uploads
from ingest.admin import rights

State = PackImport.State
TONES = {State.WAITING: "quiet", State.RUNNING: "busy", State.DONE: "good", State.FAILED: "bad"}
COUNTED = {
    "documents": gettext_lazy("Documents"),
    "chunks": gettext_lazy("Chunks"),
    "originals": gettext_lazy("Originals"),
}


@admin.register(PackImport)
class PackImportAdmin(SuperuserOnly, ReadOnly, ModelAdmin[PackImport]):
    """Imports are made by uploading; then they are looked at."""

    list_display = ("file_name", "state_now", "into", "reason", "by", "when")
    list_filter = ("state",)
    list_select_related = ("collection", "created_by")
    list_before_template = "ops/admin/pack_upload.html"
    fieldsets = (
        (None, {"fields": ("file_name", "state_now", "into", "reason", "by", "when")}),
        (gettext_lazy("Result"), {"fields": ("came_in", "without", "closed")}),
    )

    def get_urls(self) -> list[URLPattern]:
        """With the address that the upload goes to."""
        view = self.admin_site.admin_view(self.upload)
        return [path("upload/", view, name="ops_packimport_upload"), *super().get_urls()]

    def upload(self, request: HttpRequest) -> HttpResponse:
        """POST: a pack (`file`), and under which name (`name`)."""
        if not self.has_view_permission(request):
            return HttpResponse(status=403)
        if request.method == "POST":
            try:
                row = _submit(request)
                messages.success(
                    request, _("“%(name)s” is being imported.") % {"name": row.file_name}
                )
            except ClawdbotError as error:
                tell_refusal(request, error)
        return HttpResponseRedirect(reverse("admin:ops_packimport_changelist"))

    @display(description=gettext_lazy("state"), ordering="state")
    def state_now(self, row: PackImport) -> Any:
        """With its share while it is at work."""
        words = row.get_state_display()
        if row.state == State.RUNNING:
            words = f"{words} {row.progress:.0%}"
        return pill(TONES[State(row.state)], words)

    @display(description=gettext_lazy("collection"))
    def into(self, row: PackImport) -> Any:
        """The collection, once it is there."""
        if row.state != State.DONE or row.collection is None or row.collection.deleted_at:
            return row.name or "-"
        address = reverse("admin:knowledge_collection_change", args=(row.collection.pk,))
        return format_html('<a href="{}">{}</a>', address, row.collection.name)

    @display(description=gettext_lazy("reason"))
    def reason(self, row: PackImport) -> str:
        """Why it failed; or that something is still to be embedded."""
        if waiting := row.report.get("to_embed"):
            return _("%(count)s passages are being embedded: the pack is of another model.") % {
                "count": waiting
            }
        return _(row.message) if row.message else ""

    @display(description=gettext_lazy("by"))
    def by(self, row: PackImport) -> Any:
        """Who sent it."""
        return row.created_by

    @display(description=gettext_lazy("when"), ordering="created_at")
    def when(self, row: PackImport) -> str:
        """When it was sent."""
        return moment(row.created_at)

    @display(description=gettext_lazy("came in"))
    def came_in(self, row: PackImport) -> Any:
        """How much of what."""
        counts = row.report.get("counts", {})
        pairs = [(label, counts[name]) for name, label in COUNTED.items() if name in counts]
        return format_html_join("", "<div>{}</div>", ((labelled(*one),) for one in pairs)) or "-"

    @display(description=gettext_lazy("not here, so without rights"))
    def without(self, row: PackImport) -> str:
        """Users and groups of the pack that do not exist here."""
        return ", ".join(row.report.get("unknown", [])) or "-"

    @display(description=gettext_lazy("closed to everyone"))
    def closed(self, row: PackImport) -> str:
        """Documents that are denied to somebody who does not exist here."""
        return ", ".join(row.report.get("closed", [])) or "-"


def download(request: HttpRequest, pk: int) -> HttpResponse | FileResponse:
    """POST: the collection as a pack, for who manages it."""
    collection = rights.collection_or_404(request, pk, Permission.MANAGE)
    if request.method == "POST":
        try:
            return _file(request, collection)
        except ClawdbotError as error:
            tell_refusal(request, error)
    return HttpResponseRedirect(reverse("admin:knowledge_collection_change", args=(pk,)))


def _file(request: HttpRequest, collection: Collection) -> FileResponse:
    response = FileResponse(
        uploads.pack_download(collection=collection, by=user_of(request)),
        as_attachment=True,
        filename=f"{collection.name}.ckb",
        content_type="application/octet-stream",
    )
    response["Cache-Control"] = "private, no-store"
    return response


def _submit(request: HttpRequest) -> PackImport:
    file = request.FILES.get("file")
    if not isinstance(file, UploadedFile):
        raise Invalid(_("No file came with the request. Choose it again."))
    return uploads.pack_submit(
        chunks=file.chunks(),
        file_name=file.name or "",
        name=request.POST.get("name", ""),
        by=user_of(request),
    )
