"""The way of a document: parse, chunk, embed, publish."""

from collections.abc import Iterator, Sequence

from django.db.models import Exists, OuterRef

from apps.core.errors import Conflict, Retryable
from apps.knowledge.models import Chunk, Document, Version, VersionState
from apps.knowledge.publishing import versions_publish
from apps.retrieval import embedding
from apps.retrieval.models import Vector
from apps.retrieval.vectors import drop_unused
from ingest import jobs, originals, pages, retitling, sandbox
from ingest.loaders.protocol import FileFacts, LoadError, ParsedPage
from ingest.models import Job, JobStage
from ingest.titles import stated_title

PARSE_SHARE = 0.4  # of the progress bar; the rest is embedding
TURN_CHUNKS = 256  # embedded before other documents get their turn
TURN_JOBS = 256


def parse(job: Job) -> None:
    """Read the version's file in the sandbox, store pages and chunks, hand on to embedding."""
    version = _version_of(job)
    if version.state != VersionState.PENDING:
        return
    with originals.original_of(version.content_sha256) as original:
        loaded = sandbox.parse(original, filename=version.filename)
        facts = next(loaded, None)
        if not isinstance(facts, FileFacts):
            raise LoadError("empty", "There is no text in this document.")
        title = _settle_title(version, facts)
        is_stored = pages.store(version, _with_progress(job, loaded, facts.page_count), title=title)
    if is_stored:
        jobs.requeue([job], stage=JobStage.EMBED)


def embed(batch: Sequence[Job]) -> int:
    """Embed what is new of these versions, publish those that are complete; returns the chunks.

    At most TURN_CHUNKS are embedded; a job that is not complete goes back to the queue's end.
    """
    generation_id = _generation_id()
    batch = retitling.renew(batch, most=TURN_CHUNKS)
    missing = _missing_chunks(batch, generation_id)
    embedded = embedding.embed_missing({row.text_sha256: row.indexed_text for row in missing})
    last_served = missing[-1].version_id if len(missing) >= TURN_CHUNKS else None
    complete, untouched = _split(batch, last_served)
    live = versions_publish([_version_of(job).pk for job in complete])
    if len(live) < len(complete):  # deleted meanwhile: their vectors must go, too
        drop_unused({row.text_sha256 for row in missing})
    if untouched:
        partly, *behind = untouched
        jobs.progress(partly, _embedded_share(partly, generation_id))
        jobs.requeue([partly], stage=JobStage.EMBED)
        jobs.put_back(behind)
    return embedded


def _generation_id() -> int:
    """The generation to embed for. Raises Retryable while its model is not on this node."""
    try:
        return embedding.embedded_generation().pk
    except Conflict as error:
        raise Retryable(error.message, code=error.code) from error


def _split(batch: Sequence[Job], last_served: int | None) -> tuple[list[Job], list[Job]]:
    """Jobs whose chunks are all embedded, and the rest: the one the turn ended in comes first."""
    if last_served is None:
        return list(batch), []
    cut = next(i for i, job in enumerate(batch) if job.version_id == last_served)
    return list(batch[:cut]), list(batch[cut:])


def _missing_chunks(batch: Sequence[Job], generation_id: int) -> list[Chunk]:
    """Chunks without a vector, in the order of the batch, TURN_CHUNKS at most."""
    rows = (
        Chunk.objects.filter(
            version__in=[_version_of(job) for job in batch], version__state=VersionState.PENDING
        )
        .exclude(_has_vector(generation_id))
        .only("version_id", "text_sha256", "context", "text")
        .order_by("version__job__waiting_since", "version__job__id", "ordinal")
    )
    return list(rows[:TURN_CHUNKS])


def _embedded_share(job: Job, generation_id: int) -> float:
    chunks = Chunk.objects.filter(version=_version_of(job))
    done = chunks.filter(_has_vector(generation_id)).count()
    return PARSE_SHARE + (1 - PARSE_SHARE) * done / max(chunks.count(), 1)


def _has_vector(generation_id: int) -> Exists:
    return Exists(
        Vector.objects.filter(generation=generation_id, text_sha256=OuterRef("text_sha256"))
    )


def _with_progress(
    job: Job, loaded: Iterator[FileFacts | ParsedPage], page_count: int
) -> Iterator[ParsedPage]:
    for page in loaded:
        if isinstance(page, ParsedPage):
            if page.number % 50 == 0:
                jobs.progress(job, PARSE_SHARE * page.number / max(page_count, page.number))
            yield page


def _settle_title(version: Version, facts: FileFacts) -> str:
    """The uploader's title, else the file's own, else its name; recorded with the media type."""
    document = version.document
    version.media_type = facts.media_type
    version.save(update_fields=["media_type"])
    title = stated_title(facts.title)[:500]
    if title and document.title == document.path.rsplit("/", 1)[-1]:
        document.title = title
        Document.objects.filter(pk=document.pk).update(title=document.title)
    return document.title


def _version_of(job: Job) -> Version:
    if job.version is None:
        raise ValueError(f"job {job.pk} has no version")
    return job.version
