"""What comes in and what becomes of it: values that cross the ingest services' line."""

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext as _

from apps.core.errors import Invalid
from apps.knowledge.models import Document, Version
from ingest.models import Job

MAX_PATH = 1000


class OnConflict(StrEnum):
    """What to do when the collection already has a document at the path.

    replace: the new bytes take its place, the old are purged. version: the same, but the old ones
    stay readable (not searchable) as history. skip: what is there stays.
    """

    REPLACE = "replace"
    SKIP = "skip"
    VERSION = "version"


@dataclass(frozen=True, slots=True)
class Upload:
    """A file's bytes on their way in."""

    path: str
    content: Iterable[bytes]
    title: str = ""
    url: str = ""
    metadata: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TextUpload:
    """A text pushed by another system; it needs no parsing."""

    path: str
    text: str
    title: str = ""
    url: str = ""
    metadata: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Submitted:
    """A zip has no document of its own: its job leads to those it holds."""

    document: Document | None
    version: Version | None
    job: Job | None
    is_new: bool


def clean_path(path: str) -> str:
    """The path as stored: NFC, forward slashes, relative. Raises Invalid when nothing is left."""
    normal = unicodedata.normalize("NFC", path).replace("\\", "/")
    printable = "".join(c for c in normal if unicodedata.category(c)[0] != "C")
    parts = [part.strip() for part in printable.split("/")]
    cleaned = "/".join(part for part in parts if part not in {"", ".", ".."})
    if not cleaned:
        raise Invalid(_("The document needs a path, for example policies/travel.pdf."))
    if len(cleaned) > MAX_PATH:
        raise Invalid(_("The path is longer than %(most)d characters.") % {"most": MAX_PATH})
    return cleaned
