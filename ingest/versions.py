"""Opening the next version of a document: the rule of what is new."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Max
from django.utils.translation import gettext as _

from apps.accounts.models import User
from apps.core.errors import Conflict, NotFound
from apps.knowledge import access
from apps.knowledge.models import Collection, Document, Version, VersionState
from ingest import jobs, retitling
from ingest.models import Job, JobState
from ingest.submissions import OnConflict


@dataclass(frozen=True, slots=True)
class Content:
    """The bytes (or pushed text) of a version to be."""

    sha256: str
    size_bytes: int
    has_blob: bool
    filename: str = ""
    media_type: str = ""


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a version goes and what is known about it."""

    collection: Collection
    path: str
    title: str
    url: str
    metadata: dict[str, Any]
    by: User
    on_conflict: OnConflict


def open_next(place: Placement, content: Content) -> tuple[Document, Version, bool]:
    """The document and version for this content, inside the caller's transaction.

    The third value tells whether the version is new: the same bytes as the newest version, or
    OnConflict.SKIP on a path that is taken, change nothing. Raises NotFound, and Conflict for the
    path of a document that is kept from who sends this one.
    """
    collection = Collection.objects.select_for_update().filter(
        pk=place.collection.pk, deleted_at=None
    )
    if not collection.exists():
        raise NotFound(_("The collection was deleted."))
    document = (
        Document.objects.select_for_update(of=("self",))
        .select_related("latest_version")
        .filter(collection=place.collection, path=place.path, deleted_at=None)
        .first()
    )
    if document and not access.may_read(place.by, document):
        raise Conflict(_("This path is taken by a document that you may not change."))
    latest = document.latest_version if document else None
    if document and latest:
        title = document.title
        _describe(document, place)
        if place.on_conflict is OnConflict.SKIP or _is_same(latest, content):
            if document.title != title:
                retitling.note_title(document, title)
            return document, latest, False
        _overtake(document)
    if document is None:
        document = Document.objects.create(
            collection=place.collection,
            path=place.path,
            title=(place.title or place.path.rsplit("/", 1)[-1])[:500],
            url=place.url,
            metadata=place.metadata,
        )
    version = Version.objects.create(
        document=document,
        number=_next_number(document),
        content_sha256=content.sha256,
        size_bytes=content.size_bytes,
        has_blob=content.has_blob,
        filename=content.filename[-500:],
        media_type=content.media_type,
        created_by=place.by,
    )
    if place.on_conflict is OnConflict.VERSION:
        document.versions.exclude(pk=version.pk).update(is_history_kept=True)
    document.latest_version = version
    document.save(update_fields=["latest_version"])
    return document, version, True


def _is_same(latest: Version, content: Content) -> bool:
    """What was deleted, and left an older version the newest, may be sent again."""
    is_wanted = latest.state in {VersionState.PENDING, VersionState.LIVE}
    return is_wanted and latest.content_sha256 == content.sha256


def _next_number(document: Document) -> int:
    """No number is used twice, not even that of a version that was deleted."""
    highest = document.versions.aggregate(highest=Max("number"))["highest"]
    return (highest or 0) + 1


def _describe(document: Document, place: Placement) -> None:
    if place.on_conflict is OnConflict.SKIP:
        return
    document.title = place.title[:500] or document.title
    document.url = place.url or document.url
    document.metadata = place.metadata or document.metadata
    document.save(update_fields=["title", "url", "metadata", "updated_at"])


def _overtake(document: Document) -> None:
    """Versions still on their way are not wanted any more."""
    overtaken = Version.objects.filter(document=document, state=VersionState.PENDING)
    waiting = Job.objects.filter(
        version__in=overtaken, state__in=[JobState.QUEUED, JobState.RUNNING]
    )
    jobs.cancel(list(waiting.values_list("id", flat=True)))
    overtaken.update(state=VersionState.SUPERSEDED)
