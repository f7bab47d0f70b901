"""A collection's documents: narrowed, sorted, folder by folder, page by page."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, F, Max, Q, QuerySet, Value
from django.db.models.functions import Left, StrIndex, Substr

from apps.knowledge.models import Document
from apps.portal.browse.kinds import BY_NAME, Kind, kind_of
from ingest.selectors import (
    STATUSES,
    DocumentStatus,
    filter_status,
    indexed_seq,
    status_of,
    with_status,
)
from ingest.words import STATUS_WORDS, TONES, human_error, is_final

PER_PAGE = 50
MAX_QUERY = 200
SORTS: Mapping[str, tuple[str, ...]] = {
    "name": ("path", "id"),
    "changed": ("-updated_at", "id"),
    "size": ("-latest_version__size_bytes", "id"),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What a list is narrowed to. What makes no sense in the address narrows nothing."""

    query: str = ""
    is_in_text: bool = False
    status: str = ""
    kind: str = ""
    language: str = ""
    sort: str = "name"
    folder: str = ""  # without slash at the end; empty is the top

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> "Asked":
        """From the query of an address."""
        chosen = {name: str(values.get(name, "")).replace("\0", "") for name in _NAMES}
        return cls(
            query=" ".join(chosen["q"].split())[:MAX_QUERY],
            is_in_text=chosen["where"] == "text",
            status=chosen["status"] if chosen["status"] in STATUSES else "",
            kind=chosen["kind"] if chosen["kind"] in BY_NAME else "",
            language=chosen["language"][:16],
            sort=chosen["sort"] if chosen["sort"] in SORTS else "name",
            folder=chosen["folder"].strip("/"),
        )

    @property
    def is_flat(self) -> bool:
        """Whether documents are listed from all folders below: whoever narrows wants to find."""
        return bool(self.query or self.status or self.kind or self.language)

    @property
    def crumbs(self) -> list[tuple[str, str]]:
        """Name and path of each folder on the way."""
        parts = self.folder.split("/") if self.folder else []
        return [(part, "/".join(parts[: n + 1])) for n, part in enumerate(parts)]


_NAMES = ("q", "where", "status", "kind", "language", "sort", "folder")


@dataclass(frozen=True, slots=True)
class FolderRow:
    """A folder and what lies below it."""

    name: str
    path: str
    document_count: int
    changed_at: datetime
    is_folder: bool = True


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """A document as it is listed."""

    document: Document
    status: DocumentStatus
    is_folder: bool = False

    @property
    def kind(self) -> Kind:
        """What people call this kind of file."""
        version = self.document.latest_version
        return kind_of(version.media_type if version else "")

    @property
    def label(self) -> str:
        """The status in a word."""
        return str(STATUS_WORDS[self.status.status])

    @property
    def tone(self) -> str:
        """The colour of the status."""
        return TONES[self.status.status]

    @property
    def is_final(self) -> bool:
        """Whether nothing more happens by itself."""
        return is_final(self.status.status)

    @property
    def reason(self) -> str:
        """Why it failed."""
        error = self.status.error
        return human_error(error.message, error.page) if error else ""

    @property
    def folder(self) -> str:
        """Where the file lies; empty at the top."""
        return self.document.path.rpartition("/")[0]


class Entries:
    """Folders first, then documents: a list that is read from the database slice by slice."""

    def __init__(self, documents: QuerySet[Document], asked: Asked) -> None:
        below = within(documents, asked.folder)
        self._prefix = f"{asked.folder}/" if asked.folder else ""
        rest = Substr("path", Value(len(self._prefix) + 1))
        cut = below.annotate(rest=rest).annotate(cut=StrIndex("rest", Value("/")))
        order = SORTS[asked.sort]
        if asked.is_flat:
            self._folders: QuerySet[Any, Any] = cut.none().values()
            self._files = narrowed(below, asked).order_by(*order)
        else:
            named = cut.filter(cut__gt=0).annotate(folder=Substr("rest", 1, F("cut") - 1))
            self._folders = (
                named.order_by()
                .values("folder")
                .annotate(count=Count("id"), changed_at=Max("updated_at"))
                .order_by("folder")
            )
            self._files = cut.filter(cut=0).order_by(*order)

    def count(self) -> int:
        """How many there are."""
        return self._folder_count + self._files.count()

    def __len__(self) -> int:
        return self.count()

    def __getitem__(self, part: slice) -> list[FolderRow | DocumentRow]:
        first, last = int(part.start or 0), int(part.stop)
        skipped = self._folder_count
        folders = [self._folder(one) for one in self._folders[first:last]]
        files = self._files[max(first - skipped, 0) : max(last - skipped, 0)]
        return [*folders, *document_rows(files)]

    @cached_property
    def _folder_count(self) -> int:
        return self._folders.count()

    def _folder(self, found: Mapping[str, Any]) -> FolderRow:
        return FolderRow(
            name=found["folder"],
            path=self._prefix + found["folder"],
            document_count=found["count"],
            changed_at=found["changed_at"],
        )


def entries_page(
    documents: QuerySet[Document], asked: Asked, number: str
) -> Page[FolderRow | DocumentRow]:
    """One page of the list; a number that makes no sense is the first or last page."""
    paginator: Paginator[FolderRow | DocumentRow] = Paginator(Entries(documents, asked), PER_PAGE)  # type: ignore[arg-type]  # what a Paginator asks of a list
    return paginator.get_page(number)


def document_rows(documents: QuerySet[Document]) -> list[DocumentRow]:
    """The documents with their status, in three queries; `documents` may be a slice."""
    keys = list(documents.values_list("pk", flat=True))  # sorting whole rows takes far longer
    found = with_status(Document.objects.filter(pk__in=keys)).in_bulk()
    indexed = indexed_seq() if found else 0
    shown = [found[key] for key in keys if key in found]
    return [DocumentRow(one, status_of(one, indexed=indexed)) for one in shown]


def within(documents: QuerySet[Document], folder: str) -> QuerySet[Document]:
    """Those in the folder and in the folders below it."""
    if not folder:
        return documents
    prefix = f"{folder}/"  # compared exactly: LIKE does not tell case apart on SQLite
    return documents.annotate(start=Left("path", len(prefix))).filter(start=prefix)


def named_like(documents: QuerySet[Document], query: str) -> QuerySet[Document]:
    """Those with the query in their title or path."""
    return documents.filter(Q(title__icontains=query) | Q(path__icontains=query))


def narrowed(documents: QuerySet[Document], asked: Asked) -> QuerySet[Document]:
    """By words of title and path, status, kind and language."""
    found = named_like(documents, asked.query) if asked.query else documents
    if asked.status:
        found = filter_status(found, asked.status)
    if asked.kind:
        found = found.filter(latest_version__media_type__in=BY_NAME[asked.kind].media_types)
    if asked.language:
        found = found.filter(latest_version__language=asked.language)
    return found
