"""The admin's first page: what is there, what is at work, what went wrong."""

from typing import Any

from django.db.models import Count, Q
from django.http import HttpRequest

from apps.accounts.signed_in import user_of
from apps.core.nodes import node_name
from apps.generation.models import Feedback, Trace
from apps.knowledge import changes
from apps.knowledge.access import Scope, collections_of
from apps.knowledge.models import Permission
from apps.retrieval.models import EmbeddingGeneration, NodeIndex
from ingest.models import Job, JobState
from ingest.overview import jobs_by_state, scope_documents_by_status

LISTED = 6


def dashboard(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """What home shows of the collections that the user may read. Unfold's DASHBOARD_CALLBACK."""
    user = user_of(request)
    scope = Scope.of(user)
    by_status = scope_documents_by_status(scope)
    live = Count("documents", filter=Q(documents__deleted_at=None))
    readable = collections_of(user, Permission.READ).annotate(documents_n=live)
    return {
        **context,
        "by_status": by_status,
        "document_total": sum(by_status.values()),
        "collection_total": len(scope.collection_ids),
        "collections": readable.order_by("-documents_n", "name")[:LISTED],
        "may_upload": collections_of(user, Permission.WRITE).exists(),
        "jobs": _jobs(scope),
        "index": _index(),
        "answers": _answers() if user.is_superuser else None,
    }


def _jobs(scope: Scope) -> dict[str, Any]:
    counts = jobs_by_state(scope)
    failed = Job.objects.filter(
        collection_id__in=scope.collection_ids, state=JobState.FAILED
    ).select_related("version__document", "collection")
    return {
        "waiting": counts[JobState.QUEUED],
        "running": counts[JobState.RUNNING],
        "failed": counts[JobState.FAILED],
        "last_failed": failed.order_by("-finished_at", "-id")[:LISTED],
    }


def _index() -> dict[str, Any]:
    index = NodeIndex.objects.filter(node=node_name()).first()
    return {
        "node": index,
        "lag": max(0, changes.latest() - index.change_seq) if index else changes.latest(),
        "model": EmbeddingGeneration.objects.filter(
            state=EmbeddingGeneration.State.CURRENT
        ).first(),
    }


def _answers() -> dict[str, int]:
    asked = Trace.objects.filter(kind=Trace.Kind.ASK)
    return {
        "asked": asked.count(),
        "missing": asked.filter(is_answered=False).count(),
        "down": Feedback.objects.filter(verdict=Feedback.Verdict.DOWN).count(),
    }
