"""Finding what a source's address asks for, within what the reader may open."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from uuid import UUID

from django.http import QueryDict
from django.utils.translation import gettext as _

from apps.core.errors import NotFound
from apps.knowledge import blobs
from apps.knowledge.access import Scope, versions_of
from apps.knowledge.models import Chunk, Document, Page, Version
from apps.portal.sources.passages import Span

PDF = "application/pdf"
_SHEETS = {
    "text/csv",
    "application/vnd.ms-excel",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_SECTIONS = 300


class Look(StrEnum):
    """How a source is shown."""

    ORIGINAL = "original"
    TEXT = "text"
    GRID = "grid"


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address says."""

    document: UUID
    number: int
    version: UUID | None = None
    span: Span | None = None
    look: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and the page it stands on."""

    title: str
    page: int
    depth: int


@dataclass(frozen=True)
class Source:
    """A page of a version that may be read. `page` is None where a PDF's page has no words."""

    version: Version
    number: int
    page: Page | None
    look: Look
    span: Span | None
    is_original_missing: bool  # the file is not on this machine

    @property
    def document(self) -> Document:
        """The document of the version that is shown."""
        return self.version.document

    @property
    def is_pdf(self) -> bool:
        """Whether the original can be shown as it was printed."""
        return self.version.media_type == PDF and self.version.has_blob

    @property
    def is_old(self) -> bool:
        """Whether the document has another version by now, or none."""
        return self.version.pk != self.document.current_version_id

    @cached_property
    def replaced_at(self) -> datetime | None:
        """When the next version took the place of this one."""
        later = Version.objects.filter(
            document=self.document, number__gt=self.version.number, published_at__isnull=False
        )
        return later.order_by("number").values_list("published_at", flat=True).first()

    @cached_property
    def current_page(self) -> int:
        """The page of the same number in the current version, if there is one, else its first."""
        pages = Page.objects.filter(version=self.document.current_version_id)
        same = pages.filter(number=self.number).exists()
        return self.number if same else (pages.values_list("number", flat=True).first() or 1)

    def neighbour(self, step: int) -> int | None:
        """The number of the nearest page with words before (-1) or after (1) this one."""
        pages = Page.objects.filter(version=self.version)
        if step < 0:
            near = pages.filter(number__lt=self.number).order_by("-number")
        else:
            near = pages.filter(number__gt=self.number).order_by("number")
        return near.values_list("number", flat=True).first()

    def query(self, **more: str) -> str:
        """The address's query for other pages of the same version."""
        query = QueryDict(mutable=True)
        query.update({"version": str(self.version.uuid)} | more)
        return query.urlencode()

    def cited(self) -> dict[str, str]:
        """What the address says of the cited words."""
        return {"start": str(self.span.start), "end": str(self.span.end)} if self.span else {}

    def sections(self) -> list[Section]:
        """The headings in order; of a very long document the first."""
        chunks = Chunk.objects.filter(version=self.version).order_by("ordinal")
        found: list[Section] = []
        path: list[str] = []
        for page, heading in chunks.values_list("page", "heading"):
            parts = heading.split(" > ") if heading else []
            shared = next(
                (at for at, (old, new) in enumerate(zip(path, parts, strict=False)) if old != new),
                min(len(path), len(parts)),
            )
            found += [Section(title, page, at) for at, title in enumerate(parts) if at >= shared]
            path = parts
            if len(found) >= _SECTIONS:
                break
        return found


def source_get(*, scope: Scope, asked: Asked) -> Source:
    """The source. Raises NotFound for what is missing or may not be read, without telling which."""
    versions = versions_of(scope).filter(document__uuid=asked.document)
    found = versions.select_related("document__collection").order_by("-number")
    version = (found.filter(uuid=asked.version) if asked.version else found).first()
    if version is None:
        raise NotFound(_("There is no such page, or you may not read it."))
    page = Page.objects.filter(version=version, number=asked.number).first()
    is_missing = version.has_blob and not blobs.exists(version.content_sha256)
    is_pdf = version.media_type == PDF and version.has_blob
    if page is None and not (is_pdf and asked.number > 0):
        raise NotFound(_("There is no such page, or you may not read it."))
    look = Look.GRID if version.media_type in _SHEETS else Look.TEXT
    if is_pdf and not is_missing and asked.look != Look.TEXT:
        look = Look.ORIGINAL
    return Source(version, asked.number, page, look, asked.span, is_missing)
