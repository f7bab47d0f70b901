"""One JSON endpoint that tells how far any number of documents and jobs are."""

import json
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.http import HttpRequest, JsonResponse
from django.urls import reverse

from apps.knowledge.access import documents_of
from apps.knowledge.models import Document
from ingest.admin import rights
from ingest.models import Job, JobState
from ingest.selectors import indexed_seq, job_status_of, status_of, with_status
from ingest.words import STATUS_WORDS, TONES, human_error, is_final, job_reason

MAX_DOCUMENTS = 200
MAX_JOBS = 20


def progress(request: HttpRequest) -> JsonResponse:
    """POST {"documents": [uuid], "jobs": [uuid]}; answers those that the user may read, by uuid.

    Of more than MAX_DOCUMENTS and MAX_JOBS the rest is left out: the page asks for them later.
    """
    try:
        wanted = json.loads(request.body)
        documents = _uuids(wanted.get("documents", []), MAX_DOCUMENTS)
        jobs = _uuids(wanted.get("jobs", []), MAX_JOBS)
    except (ValueError, AttributeError, TypeError):
        return JsonResponse({"error": {"code": "invalid", "message": "Not JSON."}}, status=400)
    scope = rights.scope_of(request)
    indexed = indexed_seq() if documents else 0
    found = with_status(documents_of(scope)).filter(uuid__in=documents)
    jobs_found = Job.objects.filter(uuid__in=jobs, collection_id__in=scope.collection_ids)
    return JsonResponse(
        {
            "documents": {str(d.uuid): document_entry(d, indexed=indexed) for d in found},
            "jobs": {str(job.uuid): job_entry(job) for job in jobs_found},
        }
    )


def document_entry(document: Document, *, indexed: int | None = None) -> dict[str, Any]:
    """How far one document is, in words."""
    status = status_of(document, indexed=indexed)
    return {
        "uuid": str(document.uuid),
        "title": document.title,
        "status": status.status,
        "label": str(STATUS_WORDS[status.status]),
        "tone": TONES[status.status],
        "progress": status.progress,
        "is_final": is_final(status.status),
        "error": human_error(status.error.message, status.error.page) if status.error else "",
        "job": str(status.job.uuid) if status.job else "",
        "pages": status.pages,
        "chunks": status.chunks,
        "link": reverse("admin:knowledge_document_change", args=(document.pk,)),
    }


def job_entry(job: Job) -> dict[str, Any]:
    """How far one archive or import is, in words."""
    status = job_status_of(job)
    state = JobState(status.state)
    return {
        "uuid": str(job.uuid),
        "status": state.value,
        "label": str(state.label),
        "tone": TONES[state.value],
        "progress": status.progress,
        "is_final": is_final(state.value),
        "error": job_reason(job) if state == "failed" else "",
        "job": str(job.uuid),
        "total": status.total,
        "done": status.done,
        "failed": status.failed,
        "link": reverse("admin:ingest_job_change", args=(job.pk,)),
    }


def _uuids(values: Sequence[str], limit: int) -> list[UUID]:
    return [UUID(value) for value in values[:limit]]
