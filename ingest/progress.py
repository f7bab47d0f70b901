"""How far any number of documents and jobs are, for the scripts of pages that show them live."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from apps.core.errors import Invalid
from apps.knowledge.access import Scope, documents_of
from apps.knowledge.models import Document
from ingest.models import Job, JobState
from ingest.selectors import indexed_seq, job_status_of, jobs_of, status_of, with_status
from ingest.words import STATUS_WORDS, TONES, human_error, is_final, job_reason

MAX_DOCUMENTS = 200
MAX_JOBS = 20
PROBLEMS_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Links:
    """Where a page leads to from a document and from a job."""

    document: Callable[[Document], str]
    job: Callable[[Job], str]

    def of_document(self, document: Document, *, indexed: int | None = None) -> dict[str, Any]:
        """How far the document is, in words, with the way to it."""
        return document_entry(document, indexed=indexed) | {"link": self.document(document)}

    def of_job(self, job: Job) -> dict[str, Any]:
        """How far the job is, in words, with the way to it."""
        return job_entry(job) | {"link": self.job(job)}


def progress_of(body: bytes, *, scope: Scope, links: Links) -> dict[str, Any]:
    """For `{"documents": [uuid], "jobs": [uuid]}` those in the scope, by uuid. Raises Invalid.

    Of more than MAX_DOCUMENTS and MAX_JOBS the rest is left out: the page asks for them later.
    """
    try:
        wanted = json.loads(body)
        documents = _uuids(wanted.get("documents", []), MAX_DOCUMENTS)
        jobs = _uuids(wanted.get("jobs", []), MAX_JOBS)
    except (ValueError, AttributeError, TypeError, LookupError, RecursionError):
        raise Invalid(_("This is not a list of documents and jobs.")) from None
    indexed = indexed_seq() if documents else 0
    found = with_status(documents_of(scope)).filter(uuid__in=documents)
    jobs_found = jobs_of(scope).filter(uuid__in=jobs)
    return {
        "documents": {str(d.uuid): links.of_document(d, indexed=indexed) for d in found},
        "jobs": {str(job.uuid): links.of_job(job) for job in jobs_found},
    }


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
        "problems": status.problems[:PROBLEMS_SHOWN],
    }


def _uuids(values: Sequence[str], limit: int) -> list[UUID]:
    return [UUID(value) for value in values[:limit]]
