"""Bulk import of NDJSON: lines become documents in batches, each batch one transaction."""

import json
from collections.abc import Sequence
from typing import Any, BinaryIO

from django.db import transaction
from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext as _

from apps.core import clock
from apps.core.errors import ClawdbotError, Invalid, NotFound
from apps.core.text import detect_language
from apps.knowledge import access
from apps.knowledge.models import Chunk, Collection, Document, Page, Permission, Version
from ingest import doorbell, jobs, originals, pages, services
from ingest.loaders.protocol import LoadError, ParsedPage
from ingest.models import Job, JobStage, JobState
from ingest.problems import Problems
from ingest.submissions import OnConflict, TextUpload, clean_path

BATCH_LINES = 200
BATCH_BYTES = 1_000_000
MAX_LINE_BYTES = 20_000_000


def run(job: Job) -> None:
    """Take in all lines. Killed half-way it goes on where the last batch ended.

    Raises LoadError when no line could be taken.
    """
    if originals.is_through(job):
        return
    problems = Problems(
        listed=job.payload.get("problems", []), count=job.payload.get("problem_count", 0)
    )
    with originals.original_of(job.payload["blob"]) as path, path.open("rb") as file:
        size_bytes = file.seek(0, 2)
        file.seek(job.payload.get("offset", 0))
        while batch := _batch(file):
            with transaction.atomic():
                _require_welcome(job)
                _take(job, batch, problems)
                _checkpoint(job, file.tell(), problems)
            doorbell.ring_embedding()
            jobs.progress(job, file.tell() / max(size_bytes, 1), done=job.done_count)
    if not job.done_count:
        reason = problems.listed[0]["message"] if problems.listed else "It holds no lines."
        raise LoadError("nothing_readable", f"Nothing was imported. {reason}")
    originals.release([job.payload["blob"]], after=job)


def _require_welcome(job: Job) -> None:
    """The lines are wanted still, and whoever sent them may add to the collection, which exists.

    Raises NotFound, Forbidden or LoadError, which end the job. Holds the job's row and the
    collection's.
    """
    jobs.require_held(job)
    if job.created_by is None:
        raise LoadError("no_user", "Whoever sent this import has left. Send it again.")
    live = Collection.objects.select_for_update().filter(pk=job.collection_id, deleted_at=None)
    if not live.exists():
        raise NotFound(_("The collection was deleted."))
    access.require(job.created_by, Permission.WRITE, job.collection)


def _batch(file: BinaryIO) -> list[bytes]:
    """The next lines: not many, and not long, since the database is locked while they go in."""
    lines: list[bytes] = []
    size_bytes = 0
    while len(lines) < BATCH_LINES and size_bytes < BATCH_BYTES:
        line = file.readline(MAX_LINE_BYTES)
        if not line:
            break
        lines.append(line)
        size_bytes += len(line)
    return lines


def _take(job: Job, lines: Sequence[bytes], problems: Problems) -> None:
    texts: dict[str, TextUpload] = {}
    for number, line in enumerate(lines, start=job.total_count + 1):
        if line.strip():
            try:
                text = parse_line(line)
                texts[text.path] = text
            except ClawdbotError as error:
                problems.add(where=f"line {number}", code=error.code, message=error.message)
    job.total_count += len(lines)
    job.done_count += len(texts)
    known = Document.objects.filter(
        collection=job.collection, path__in=texts, deleted_at=None
    ).values_list("path", "latest_version__content_sha256", "latest_version__job__state")
    for path, sha256, state in list(known):
        text = texts.pop(path)
        if sha256 != services.text_content(text).sha256 or state == JobState.FAILED:
            _take_again(job, text, problems)
    _create_many(job, list(texts.values()))


def parse_line(line: bytes) -> TextUpload:
    """The text of one NDJSON line {id, title, text, url, metadata}. Raises Invalid."""
    try:
        values: Any = json.loads(line, parse_constant=_refuse_constant)
        json.dumps(values, ensure_ascii=False).encode()  # refuses halves of characters
    except (ValueError, RecursionError):
        raise Invalid(_("The line is not JSON.")) from None
    if not isinstance(values, dict) or not isinstance(values.get("text"), str):
        raise Invalid(_('The line is not an object with a "text".'))
    path = values.get("id", values.get("path"))
    if not isinstance(path, str | int) or isinstance(path, bool):
        raise Invalid(_('The line has no "id".'))
    if not values["text"].strip():
        raise Invalid(_("The document has no text."))
    metadata = values.get("metadata")
    if "\\u0000" in json.dumps(metadata):
        raise Invalid(_("The metadata holds a null character."))
    return TextUpload(
        path=clean_path(str(path)),
        text=values["text"].replace("\x00", ""),
        title=_line_of(values.get("title"), 500),
        url=_address(values.get("url")),
        metadata=metadata if isinstance(metadata, dict) else {},
    )


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")


def _line_of(value: Any, longest: int) -> str:
    return value.replace("\x00", "").strip()[:longest] if isinstance(value, str) else ""


def _address(value: Any) -> str:
    """Web addresses only: what a browser would run is dropped."""
    address = _line_of(value, 2000)
    return address if address.startswith(("http://", "https://")) else ""


def _take_again(job: Job, text: TextUpload, problems: Problems) -> None:
    if job.created_by is None:  # never: `_require_welcome`
        return
    try:
        submitted = services.text_submit(
            collection=job.collection,
            text=text,
            by=job.created_by,
            on_conflict=OnConflict(job.payload["on_conflict"]),
        )
    except ClawdbotError as error:
        problems.add(where=text.path, code=error.code, message=error.message)
        return
    if submitted.job:
        Job.objects.filter(pk=submitted.job.pk).update(parent=job)


def _create_many(job: Job, texts: Sequence[TextUpload]) -> None:
    """The bulk form of services.text_submit for paths that are new."""
    documents = Document.objects.bulk_create(
        Document(
            collection=job.collection,
            path=text.path,
            title=(text.title or text.path.rsplit("/", 1)[-1])[:500],
            url=text.url,
            metadata=text.metadata,
        )
        for text in texts
    )
    versions: list[Version] = []
    page_rows: list[Page] = []
    chunk_rows: list[Chunk] = []
    for document, text in zip(documents, texts, strict=True):
        version = _version(job, document, text)
        parsed = [ParsedPage(number=1, text=text.text)]
        chunks = pages.chunk_rows(version, parsed, title=document.title)
        version.chunk_count = len(chunks)
        versions.append(version)
        page_rows.extend(pages.page_rows(version, parsed))
        chunk_rows.extend(chunks)
    Version.objects.bulk_create(versions)
    Page.objects.bulk_create(page_rows, batch_size=pages.BATCH)
    Chunk.objects.bulk_create(chunk_rows, batch_size=pages.BATCH)
    newest = Version.objects.filter(document=OuterRef("pk")).order_by("-number")
    Document.objects.filter(pk__in=[document.pk for document in documents]).update(
        latest_version=Subquery(newest.values("pk")[:1])
    )
    Job.objects.bulk_create(
        Job(
            collection=job.collection,
            version=version,
            parent=job,
            created_by=job.created_by,
            stage=JobStage.EMBED,
            waiting_since=clock.now(),
        )
        for version in versions
    )


def _version(job: Job, document: Document, text: TextUpload) -> Version:
    content = services.text_content(text)
    return Version(
        document=document,
        number=1,
        content_sha256=content.sha256,
        size_bytes=content.size_bytes,
        has_blob=False,
        media_type=content.media_type,
        language=detect_language(text.text[:2000]),
        page_count=1,
        created_by=job.created_by,
    )


def _checkpoint(job: Job, offset: int, problems: Problems) -> None:
    job.payload = {
        **job.payload,
        "offset": offset,
        "problems": problems.listed,
        "problem_count": problems.count,
    }
    Job.objects.filter(pk=job.pk).update(
        payload=job.payload, total_count=job.total_count, done_count=job.done_count
    )
