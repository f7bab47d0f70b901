"""The states of documents and jobs in the words and colours that people see."""

from collections.abc import Mapping
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from ingest.models import Job, JobState
from ingest.reasons import in_words
from ingest.selectors import DocumentStatus

STATUS_WORDS: Mapping[str, Any] = {
    "queued": _("Waiting"),
    "parsing": _("Reading"),
    "embedding": _("Embedding"),
    "indexing": _("Indexing"),
    "ready": _("Ready"),
    "failed": _("Failed"),
}
TONES: Mapping[str, str] = {
    "queued": "quiet",
    "parsing": "busy",
    "embedding": "busy",
    "indexing": "busy",
    "ready": "good",
    "failed": "bad",
    JobState.RUNNING: "busy",
    JobState.DONE: "good",
    JobState.CANCELLED: "quiet",
}

FORMATS: Mapping[str, str] = {
    "application/pdf": "PDF",
    "text/plain": "TXT",
    "text/markdown": "Markdown",
    "text/html": "HTML",
    "text/csv": "CSV",
    "message/rfc822": "EML",
    "application/json": "JSON",
    "application/epub+zip": "EPUB",
    "application/msword": "DOC",
    "application/rtf": "RTF",
    "application/vnd.ms-outlook": "MSG",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "DOCX",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "XLSX",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": "PPTX",
}


def is_final(status: str) -> bool:
    """Whether nothing more happens by itself."""
    return status in {"ready", "failed", JobState.DONE, JobState.CANCELLED}


def document_pill(uuid: object, status: DocumentStatus) -> SafeString:
    """The state of a document, kept up to date by live.js while it is not final."""
    return format_html(
        '<span class="cb-status" data-live="document" data-uuid="{}" data-tone="{}"'
        ' data-final="{}"><span class="cb-dot" aria-hidden="true"></span>'
        "<span data-live-label>{}</span> <small data-live-percent>{}</small></span>",
        uuid,
        TONES[status.status],
        int(is_final(status.status)),
        STATUS_WORDS[status.status],
        "" if status.status in {"queued", "ready", "failed"} else f"{status.progress:.0%}",
    )


def job_pill(job: Job) -> SafeString:
    """The state of a job, kept up to date by live.js while it is not final."""
    return format_html(
        '<span class="cb-status" data-live="job" data-uuid="{}" data-tone="{}" data-final="{}">'
        '<span class="cb-dot" aria-hidden="true"></span><span data-live-label>{}</span>'
        " <small data-live-percent>{}</small></span>",
        job.uuid,
        TONES[job.state],
        int(is_final(job.state)),
        job.get_state_display(),
        f"{job.progress:.0%}" if job.state == JobState.RUNNING else "",
    )


def job_reason(job: Job) -> str:
    """Why the job failed or waits for another try; empty when neither."""
    return human_error(in_words(job.error_code, job.error_message), job.error_page)


def human_error(message: str, page: int | None) -> str:
    """The reason of a failure, with the page where the reader stopped."""
    if page is None:
        return message
    return _("%(message)s (page %(page)d)") % {"message": message, "page": page}


def format_word(media_type: str) -> str:
    """The kind of a file as people call it; the media type when there is no such word."""
    return FORMATS.get(media_type, media_type)


def language_word(code: str) -> str:
    """The name of a language that texts are recognised in."""
    return str({"en": _("English"), "zh": _("Chinese")}.get(code, code))
