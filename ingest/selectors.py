"""Reading how far documents and jobs are."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Max, Q, QuerySet

from apps.core.nodes import node_name
from apps.knowledge.access import Scope, readable
from apps.knowledge.models import Document
from apps.retrieval.models import NodeIndex
from ingest import reasons
from ingest.models import Job, JobStage, JobState

STATUSES = ("queued", "parsing", "embedding", "indexing", "ready", "failed")
UNFINISHED = Q(state__in=[JobState.QUEUED, JobState.RUNNING])


@dataclass(frozen=True, slots=True)
class DocumentError:
    """Why a document failed, in words to act on; `page` where the reader stopped, if known."""

    code: str
    message: str
    page: int | None


@dataclass(frozen=True, slots=True)
class DocumentStatus:
    """How far the newest version of a document is; `progress` is 0..1."""

    status: str
    progress: float
    error: DocumentError | None
    pages: int
    chunks: int
    job: Job | None


@dataclass(frozen=True, slots=True)
class JobStatus:
    """How far a job is, with the documents that came with it (import, archive)."""

    state: str
    progress: float
    total: int
    done: int
    failed: int
    problems: list[dict[str, Any]]
    error: DocumentError | None


def is_at_work() -> bool:
    """Whether any document is being taken in, or waits to be."""
    return Job.objects.filter(UNFINISHED).exists()


def jobs_of(scope: Scope) -> QuerySet[Job]:
    """Jobs on documents of the scope, deleted ones among them.

    Archives and imports belong to whoever may read their collection as a whole.
    """
    packed = Q(version=None, collection__in=scope.collection_ids)
    return Job.objects.filter(packed | readable(scope, at="version__document"))


def with_status(documents: QuerySet[Document]) -> QuerySet[Document]:
    """The documents with what `status_of` reads, in the same query."""
    return documents.select_related("latest_version__job", "collection")


def filter_status(documents: QuerySet[Document], status: str) -> QuerySet[Document]:
    """Those whose status is this one; `status` is one of STATUSES."""
    job = "latest_version__job__"
    published = Q(**{f"{job}state": JobState.DONE})
    indexed = Q(latest_version__change_seq__lte=indexed_seq())
    conditions = {
        "queued": Q(**{f"{job}state": JobState.QUEUED, f"{job}stage": JobStage.PARSE}),
        "parsing": Q(**{f"{job}state": JobState.RUNNING, f"{job}stage": JobStage.PARSE}),
        "embedding": Q(
            **{
                f"{job}state__in": [JobState.QUEUED, JobState.RUNNING],
                f"{job}stage": JobStage.EMBED,
            }
        ),
        "indexing": published & ~indexed,
        "ready": published & indexed,
        "failed": Q(**{f"{job}state__in": [JobState.FAILED, JobState.CANCELLED]}),
    }
    return documents.filter(conditions[status])


def indexed_seq() -> int:
    """The change up to which this node's index answers."""
    found = NodeIndex.objects.filter(node=node_name()).aggregate(seq=Max("change_seq"))
    return found["seq"] or 0


def status_of(document: Document, *, indexed: int | None = None) -> DocumentStatus:
    """The document's status; for lists pass `indexed=indexed_seq()` to ask only once."""
    version = document.latest_version
    job: Job | None = getattr(version, "job", None)
    if version is None or job is None:
        return DocumentStatus("queued", 0.0, None, 0, 0, None)
    seq = indexed_seq() if indexed is None else indexed
    status = _status(job, version.change_seq, seq)
    return DocumentStatus(
        status=status,
        progress=1.0 if status == "ready" else round(min(job.progress, 0.99), 3),
        error=_error(job) if status == "failed" else None,
        pages=version.page_count,
        chunks=version.chunk_count,
        job=job,
    )


def job_status_of(job: Job) -> JobStatus:
    """State and counts; an import or archive is done when all its documents are."""
    counts = job.children.aggregate(
        all=Count("id"),
        done=Count("id", filter=Q(state=JobState.DONE)),
        failed=Count("id", filter=Q(state__in=[JobState.FAILED, JobState.CANCELLED])),
        unfinished=Count("id", filter=UNFINISHED),
    )
    is_waiting = job.state == JobState.DONE and counts["unfinished"]
    rejected = job.payload.get("problem_count", 0)
    share = (counts["done"] + counts["failed"]) / counts["all"] if counts["all"] else job.progress
    return JobStatus(
        state=JobState.RUNNING if is_waiting else job.state,
        progress=1.0 if job.state == JobState.DONE and not is_waiting else round(share * 0.99, 3),
        total=counts["all"] + rejected or 1,
        done=counts["done"] if counts["all"] else int(job.state == JobState.DONE),
        failed=counts["failed"] + rejected + int(job.state == JobState.FAILED),
        problems=reasons.problems_of(job),
        error=_error(job) if job.state == JobState.FAILED else None,
    )


def _status(job: Job, change_seq: int | None, indexed: int) -> str:
    is_indexed = change_seq is not None and change_seq <= indexed
    return status_word(job.state, job.stage, is_indexed=is_indexed)


def status_word(state: str | None, stage: str | None, *, is_indexed: bool) -> str:
    """Which of STATUSES a document is in, by its newest version's job (None: there is none)."""
    if state in {JobState.FAILED, JobState.CANCELLED}:
        return "failed"
    if state == JobState.DONE:
        return "ready" if is_indexed else "indexing"
    if state and stage == JobStage.EMBED:
        return "embedding"
    return "parsing" if state == JobState.RUNNING else "queued"


def _error(job: Job) -> DocumentError:
    code = "cancelled" if job.state == JobState.CANCELLED else job.error_code
    return DocumentError(code, reasons.in_words(code, job.error_message), job.error_page)
