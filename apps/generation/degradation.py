"""What of an answer is not as it should be, as headers of responses and pages tell it."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from apps.generation.answers import Answer

HEADER = "X-Clawdbot-Degraded"
_LONGEST = 1000
# By what stands before the colon of a note; the rest of it is for whoever operates.
SENTENCES: Mapping[str, Any] = {
    "lexical": _("The search by words was not complete."),
    "dense": _("The search by meaning was not complete."),
    "index": _("The index was not complete."),
    "reader": _("Not all passages could be read closely."),
    "engine": _("The language model was not available, or did not answer in full."),
}


def told_in_headers(answer: Answer) -> Mapping[str, str]:
    """The header with the answer's notes, separated by `; `; none when all is well."""
    notes = "; ".join(" ".join(note.split()) for note in answer.degraded)
    plain = notes.encode("ascii", "replace").decode()[:_LONGEST]
    return {HEADER: plain} if plain else {}


def told(note: str) -> tuple[str, str]:
    """A note as a sentence in the reader's language, and its details as they were noted."""
    part, _colon, details = note.partition(":")
    return str(SENTENCES.get(part, _("A part of the search was not available."))), details.strip()
