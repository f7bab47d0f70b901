"""The upload page and the endpoint it sends each file to."""

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from apps.accounts.signed_in import user_of
from apps.core import config
from apps.core.adminsite import ModelAdmin, render_page
from apps.core.errors import ClawdbotError, Invalid
from apps.core.sizes import parse_size
from apps.knowledge.models import Collection
from ingest import services
from ingest.admin.progress import document_entry, job_entry
from ingest.submissions import OnConflict, Submitted, Upload


def page(admin: "ModelAdmin[Any]", request: HttpRequest, collection: Collection) -> HttpResponse:
    """Where files and folders are dropped."""
    context = {
        "title": _("Upload to “%(name)s”") % {"name": collection.name},
        "original": collection,
        "max_bytes": parse_size(config.load().ingest.max_file),
        "max_file": config.load().ingest.max_file,
        "addresses": {
            "progress": reverse("admin:ingest_job_progress"),
            "retry": reverse("admin:ingest_job_retry"),
        },
    }
    return render_page(admin, request, "ingest/admin/upload.html", context)


def receive(request: HttpRequest, collection: Collection) -> JsonResponse:
    """Take one file (`file`, with `path` and `on_conflict`); answers what became of it as JSON."""
    try:
        submitted = _submit(request, collection)
    except ClawdbotError as error:
        body = {"error": {"code": error.code, "message": error.message}}
        return JsonResponse(body, status=error.status)
    return JsonResponse(_entry(submitted), status=202)


def _submit(request: HttpRequest, collection: Collection) -> Submitted:
    file = request.FILES.get("file")
    if not isinstance(file, UploadedFile):
        raise Invalid(_("No file came with the request. Choose it again."))
    try:
        on_conflict = OnConflict(request.POST.get("on_conflict", OnConflict.REPLACE))
    except ValueError:
        raise Invalid(_("Choose what to do with documents that exist already.")) from None
    return services.document_submit(
        collection=collection,
        upload=Upload(path=request.POST.get("path") or file.name or "", content=file.chunks()),
        by=user_of(request),
        on_conflict=on_conflict,
    )


def _entry(submitted: Submitted) -> dict[str, Any]:
    if submitted.document is None:
        kind, entry = "job", job_entry(submitted.job) if submitted.job else {}
    else:
        kind, entry = "document", document_entry(submitted.document)
    return {"kind": kind, "is_new": submitted.is_new, **entry}
