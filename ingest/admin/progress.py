"""How far documents and jobs are, with their places in the admin."""

from typing import Any

from django.http import HttpRequest, JsonResponse
from django.urls import reverse

from apps.core.errors import Invalid
from apps.knowledge.models import Document
from ingest.admin import rights
from ingest.models import Job
from ingest.progress import Links, progress_of

LINKS = Links(
    document=lambda document: reverse("admin:knowledge_document_change", args=(document.pk,)),
    job=lambda job: reverse("admin:ingest_job_change", args=(job.pk,)),
)


def progress(request: HttpRequest) -> JsonResponse:
    """POST {"documents": [uuid], "jobs": [uuid]}; answers those that the user may read, by uuid."""
    try:
        answer = progress_of(request.body, scope=rights.scope_of(request), links=LINKS)
    except Invalid as error:
        body = {"error": {"code": error.code, "message": error.message}}
        return JsonResponse(body, status=error.status)
    return JsonResponse(answer)


def document_entry(document: Document) -> dict[str, Any]:
    """How far one document is, in words."""
    return LINKS.of_document(document)


def job_entry(job: Job) -> dict[str, Any]:
    """How far one archive or import is, in words."""
    return LINKS.of_job(job)
