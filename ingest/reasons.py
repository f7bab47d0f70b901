"""Why jobs fail, in the reader's language: the database keeps a code and an English message."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from ingest.models import Job

# What to do about each code. English readers see the stored message: it knows the file's details.
REASONS: Mapping[str, Any] = {
    "bomb": _(
        "It unpacks to far more than documents do (a zip bomb). ingest.max_archive_ratio in "
        "clawdbot.yaml sets the limit."
    ),
    "cancelled": _("This was cancelled. Retry, or upload it again."),
    "conflict": _("It does not fit to what is there now. Upload it again."),
    "damaged": _(
        "The file is damaged or not of the kind that it claims to be. Open it in the program that "
        "made it, save it again, then upload it again."
    ),
    "empty": _("There is no text in it. Look at the file, then upload one with text."),
    "encrypted": _(
        "The file is protected by a password, encryption or rights management. Remove that, then "
        "upload it again."
    ),
    "forbidden": _("Whoever sent it may not add documents to this collection any more."),
    "internal_error": _("Something went wrong inside Clawdbot. Retry; the log has the details."),
    "invalid": _("It is not in the form that is expected. Correct it, then send it again."),
    "model_changed": _(
        "The embedding model has changed. An administrator runs “clawdbot index switch”, then this "
        "goes on by itself."
    ),
    "nested_archive": _("A zip inside a zip is not opened. Upload it by itself."),
    "no_text": _(
        "The pages are pictures (a scan), or empty: there is no text to read. Upload a file with a "
        "text layer."
    ),
    "no_user": _("Whoever sent this has left. Upload it again."),
    "not_found": _("The collection or the document was deleted meanwhile."),
    "nothing_readable": _("Nothing in it could be taken in. Look at its problems."),
    "original_lost": _("The original is gone. Upload the document again."),
    "originals_away": _("The place of the originals is out of reach. It is tried again."),
    "originals_elsewhere": _(
        "The originals are in another place than this node looks for them. An administrator can "
        "see more with: clawdbot doctor"
    ),
    "out_of_memory": _(
        "Reading the file needs more memory than a parser may use. Split it, or raise "
        "ingest.parse_memory in clawdbot.yaml."
    ),
    "parser_crashed": _(
        "The parser stopped unexpectedly, which damaged files can cause. Open the file in the "
        "program that made it, save it again (or export it as PDF), then upload that."
    ),
    "retryable": _("Something was out of reach for a while. Retry."),
    "timed_out": _(
        "Reading the file took too long. Split it, or raise ingest.parse_wall_s and "
        "ingest.parse_cpu_s in clawdbot.yaml."
    ),
    "too_large": _(
        "It is larger than what is taken, or has too many pages. Split it, or raise "
        "ingest.max_file or ingest.max_pages in clawdbot.yaml."
    ),
    "too_many_files": _(
        "The zip file holds more files than are taken at one time. Split it, or raise "
        "ingest.max_archive_files in clawdbot.yaml."
    ),
    "unsupported": _(
        "Files of this kind are not read. Save it as PDF, DOCX, HTML or text (unpack an archive), "
        "then upload that."
    ),
    "worker_died": _(
        "The worker died several times while working on this. Retry, or look into its log."
    ),
}


def in_words(code: str, message: str) -> str:
    """A stored reason in the reader's language; the stored message when its code is unknown."""
    exact = gettext(message) if message else ""  # a sentence without figures is its own msgid
    is_english = (get_language() or "en").startswith("en")
    if exact != message or code not in REASONS or (message and is_english):
        return exact
    return str(REASONS[code])


def problems_of(job: Job) -> list[dict[str, str]]:
    """What an archive or import could not take in, its messages in the reader's language."""
    problems: list[dict[str, str]] = job.payload.get("problems", [])
    return [
        {**problem, "message": in_words(problem["code"], problem["message"])}
        for problem in problems
    ]
