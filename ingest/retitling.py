"""A new title of a document reaches what is searched: it stands in front of every chunk.

The jobs of the newest version and of the one that is searched carry the old title in their payload
until the chunks have the new one. Vectors are made first; then chunks and change sequence change in
one transaction, so searches find the old title or the new one, whole, and citations stay what they
were.
"""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from apps.accounts.models import User
from apps.knowledge import curation
from apps.knowledge.models import Chunk, Document, Version, VersionState
from apps.knowledge.publishing import versions_announce
from apps.retrieval import embedding, vectors
from ingest import doorbell, jobs
from ingest.jobs import OLD_TITLE
from ingest.models import Job, JobStage, JobState

BATCH = 200


@transaction.atomic
def document_describe(*, document: Document, by: User, values: Mapping[str, Any]) -> Document:
    """Change title, address or metadata. A new title is searched once a worker has been at it.

    Raises NotFound or Forbidden (the collection), Invalid (an unknown field).
    """
    before = Document.objects.select_for_update().get(pk=document.pk)
    described = curation.document_describe(document=document, by=by, values=values)
    if described.title != before.title:
        note_title(before, before.title)
    return described


def note_title(document: Document, title: str) -> None:
    """The chunks of this document bear an old title: inside the caller's transaction.

    A job under way finds the note; one that is done is queued for it. The version that is searched
    has a job of its own: the newest one may never get so far.
    """
    versions = {document.latest_version_id, document.current_version_id}
    for job in Job.objects.select_for_update().filter(version__in=versions - {None}).order_by("pk"):
        _note(job, title)


def _note(job: Job, title: str) -> None:
    job.payload = {OLD_TITLE: title, **job.payload}
    job.save(update_fields=["payload"])
    if job.state == JobState.DONE:
        jobs.reopen(job, stage=JobStage.EMBED)
        doorbell.ring_embedding()


def renew(batch: Sequence[Job], *, most: int) -> list[Job]:
    """Give the new title to the chunks of those jobs that carry an old one.

    At most about `most` chunks are embedded. A job that needs more goes back to the queue's end;
    the others are returned.
    """
    ready = []
    for job in batch:
        if OLD_TITLE not in job.payload or _renewed(job, most=most):
            ready.append(job)
        else:
            jobs.requeue([job], stage=JobStage.EMBED)
    return ready


def _renewed(job: Job, *, most: int) -> bool:
    """False when more than `most` chunks had to be embedded: the rest waits for the next turn."""
    version = job.version
    if version is None:
        return True
    title = Document.objects.values_list("title", flat=True).get(pk=version.document_id)
    changed, old_hashes = _with_title(version, str(job.payload[OLD_TITLE]), title)
    texts = {chunk.text_sha256: chunk.indexed_text for chunk in changed}
    if version.state == VersionState.LIVE:
        missing = vectors.missing(embedding.current_generation(), texts)
        embedding.embed_missing({text_sha256: texts[text_sha256] for text_sha256 in missing[:most]})
        if len(missing) > most:
            return False
    _store(job, version.pk, changed, title=title)
    vectors.drop_unused({*old_hashes, *texts})
    return True


def _with_title(version: Version, old: str, new: str) -> tuple[list[Chunk], list[str]]:
    """The chunks that change, unsaved, and the hashes that they had."""
    changed, hashes = [], []
    for chunk in Chunk.objects.filter(version=version).order_by("ordinal"):
        context = _in_context(chunk.context, old, new)
        if context != chunk.context:
            hashes.append(chunk.text_sha256)
            chunk.context = context
            chunk.text_sha256 = hashlib.sha256(chunk.indexed_text.encode()).hexdigest()
            changed.append(chunk)
    return changed, hashes


def _in_context(context: str, old: str, new: str) -> str:
    """The context with the new title in the place of the old one, which it begins with."""
    if context == old or context.startswith(f"{old}\n"):
        return new + context[len(old) :]
    _title, line_break, rest = context.partition("\n")
    return f"{new}{line_break}{rest}"


@transaction.atomic
def _store(job: Job, key: int, changed: Sequence[Chunk], *, title: str) -> None:
    """Nothing happens to a version (by its key) that was replaced or deleted meanwhile.

    The job is locked before the title is read again: a title given since then is noted in it, by us
    or by who waits for the lock.
    """
    version = Version.objects.select_for_update().get(pk=key)
    Job.objects.select_for_update().filter(pk=job.pk).get()
    now = Document.objects.values_list("title", flat=True).get(pk=version.document_id)
    job.payload = {} if now == title else {OLD_TITLE: title}
    Job.objects.filter(pk=job.pk).update(payload=job.payload)
    if version.state not in {VersionState.PENDING, VersionState.LIVE}:
        return
    Chunk.objects.bulk_update(changed, ["context", "text_sha256"], batch_size=BATCH)
    if version.state == VersionState.LIVE and changed:
        versions_announce([version.pk])
