"""Taking documents in: upload, pushed text, bulk import, retry."""

import hashlib
import json
from collections.abc import Iterable
from pathlib import PurePosixPath

from django.db import transaction
from django.utils.translation import gettext

from apps.accounts.models import User
from apps.core.errors import Conflict, Invalid, NotFound, Unsupported
from apps.knowledge import access, blobs
from apps.knowledge.models import Collection, Erasure, Permission, Version, VersionState
from ingest import doorbell, jobs, originals, pages, sniffing
from ingest.loaders.protocol import ParsedPage
from ingest.models import Job, JobStage, JobState
from ingest.submissions import OnConflict, Submitted, TextUpload, Upload, clean_path
from ingest.versions import Content, Placement, open_next

ZIP = "application/zip"


def document_submit(
    *,
    collection: Collection,
    upload: Upload,
    by: User,
    on_conflict: OnConflict = OnConflict.REPLACE,
) -> Submitted:
    """Store an upload and queue it. The same bytes at the same path are the same version.

    Raises Unsupported when the content is of no format that can be read, TooLarge, NotFound or
    Forbidden (the collection), Invalid (the path).
    """
    access.require(by, Permission.WRITE, collection)
    path = clean_path(upload.path)
    filename = PurePosixPath(path).name
    with blobs.incoming(upload.content) as blob:
        media_type = sniffing.sniff(blob.path, filename)
        if media_type == ZIP:
            job = _packed_submit(Job.Kind.ARCHIVE, collection, blob, by, on_conflict)
            return Submitted(document=None, version=None, job=job, is_new=True)
        if media_type not in sniffing.SUPPORTED:
            raise Unsupported(
                gettext("“%(name)s” (%(type)s) is not a kind of file Clawdbot can read.")
                % {"name": filename, "type": media_type},
                details={"path": path, "media_type": media_type},
            )
        content = Content(
            sha256=blob.sha256,
            size_bytes=blob.size_bytes,
            has_blob=True,
            filename=filename,
            media_type=media_type,
        )
        place = Placement(
            collection, path, upload.title, upload.url, dict(upload.metadata), by, on_conflict
        )
        return _file_submit(place, content, blob)


def _file_submit(place: Placement, content: Content, blob: blobs.Blob) -> Submitted:
    with originals.stored(blob) as stored, transaction.atomic():
        document, version, is_new = open_next(place, content)
        job = _job_of(version, place.collection, place.by)
        stored.is_needed = version.content_sha256 == blob.sha256
        if is_new or job.state == JobState.FAILED:
            _queue(job, JobStage.PARSE)
    return Submitted(document=document, version=version, job=job, is_new=is_new)


@transaction.atomic
def text_submit(
    *,
    collection: Collection,
    text: TextUpload,
    by: User,
    on_conflict: OnConflict = OnConflict.REPLACE,
) -> Submitted:
    """Take a text that another system pushes. It goes straight to embedding."""
    access.require(by, Permission.WRITE, collection)
    if not text.text.strip():
        raise Invalid(gettext("The document has no text."))
    place = Placement(
        collection,
        clean_path(text.path),
        text.title,
        text.url,
        dict(text.metadata),
        by,
        on_conflict,
    )
    document, version, is_new = open_next(place, text_content(text))
    job = _job_of(version, collection, by)
    if is_new or job.state == JobState.FAILED:
        pages.store(version, [ParsedPage(number=1, text=text.text)], title=document.title)
        _queue(job, JobStage.EMBED)
    return Submitted(document=document, version=version, job=job, is_new=is_new)


def import_submit(
    *,
    collection: Collection,
    lines: Iterable[bytes],
    by: User,
    on_conflict: OnConflict = OnConflict.REPLACE,
) -> Job:
    """Take NDJSON lines {id, title, text, url, metadata} to be imported in the background."""
    access.require(by, Permission.WRITE, collection)
    with blobs.incoming(lines) as blob:
        return _packed_submit(Job.Kind.IMPORT, collection, blob, by, on_conflict)


@transaction.atomic
def job_retry(*, job: Job, by: User) -> Job:
    """Queue a failed or cancelled job again. Raises Conflict on any other, and on one whose
    documents were deleted: nothing brings these back but sending them again.
    """
    _require_on(job, by)
    job = Job.objects.select_for_update(of=("self",)).select_related("version").get(pk=job.pk)
    if job.state not in {JobState.FAILED, JobState.CANCELLED}:
        raise Conflict(gettext("Only a failed job can be retried; this one is not."))
    if job.version and job.version.state in {VersionState.SUPERSEDED, VersionState.DEAD}:
        raise Conflict(gettext("The document was replaced or deleted since; upload it again."))
    if Erasure.objects.filter(target=Erasure.Target.SOURCE, target_uuid=job.uuid).exists():
        raise Conflict(gettext("What came with it was deleted since; send it again."))
    is_read = job.version is not None and (
        not job.version.has_blob or job.version.state == VersionState.LIVE
    )
    _queue(job, JobStage.EMBED if is_read else JobStage.PARSE)
    return job


def _require_on(job: Job, by: User) -> None:
    if job.version is None:
        access.require(by, Permission.WRITE, job.collection)
    else:
        access.require_on(by, Permission.WRITE, job.version.document)


def text_content(text: TextUpload) -> Content:
    """Identity of a pushed text: its title and text together."""
    data = json.dumps([text.title, text.text], ensure_ascii=False).encode()
    return Content(
        sha256=hashlib.sha256(data).hexdigest(),
        size_bytes=len(text.text.encode()),
        has_blob=False,
        media_type="text/plain",
    )


def _packed_submit(
    kind: Job.Kind, collection: Collection, blob: blobs.Blob, by: User, on_conflict: OnConflict
) -> Job:
    with originals.stored(blob) as stored, transaction.atomic():
        if not Collection.objects.filter(pk=collection.pk, deleted_at=None).exists():
            raise NotFound(gettext("The collection was deleted."))
        stored.is_needed = True
        job = Job.objects.create(
            kind=kind,
            collection=collection,
            created_by=by,
            payload={"blob": blob.sha256, "on_conflict": on_conflict.value},
        )
        doorbell.ring_job(job.pk)
    return job


def _job_of(version: Version, collection: Collection, by: User) -> Job:
    job, _ = Job.objects.get_or_create(
        version=version,
        defaults={"collection": collection, "created_by": by, "state": JobState.CANCELLED},
    )
    return job


def _queue(job: Job, stage: JobStage) -> None:
    jobs.reopen(job, stage=stage)
    if stage == JobStage.PARSE:
        doorbell.ring_job(job.pk)
    else:
        doorbell.ring_embedding()
