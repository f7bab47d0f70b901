"""The admin's first page: what is there, what is at work, what went wrong."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest

from apps.accounts.models import User
from apps.accounts.signed_in import user_of
from apps.generation.open_questions import open_count
from apps.knowledge.access import Scope, collections_of
from apps.knowledge.models import Permission
from apps.ops import answer_figures
from apps.ops.first_visit import is_first_visit_open
from apps.ops.health import health
from apps.ops.nodes.selectors import NodeSeen
from apps.ops.nodes.words import state_words
from ingest.holdings import with_counts
from ingest.models import JobState
from ingest.overview import jobs_by_state, scope_documents_by_status
from ingest.presence import presence
from ingest.selectors import jobs_of

LISTED = 6


def dashboard(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """What home shows of the collections that the user may read. Unfold's DASHBOARD_CALLBACK."""
    user = user_of(request)
    scope = Scope.of(user)
    by_status = scope_documents_by_status(scope)
    readable: QuerySet[Any] = with_counts(collections_of(user, Permission.READ), scope=scope)
    writable = collections_of(user, Permission.WRITE).values_list("pk", flat=True)
    sees_machine = user.has_perm("retrieval.view_nodeindex")
    checked = health() if sees_machine else None
    return {
        **context,
        "by_status": by_status,
        "document_total": sum(by_status.values()),
        "collection_total": len(scope.visible_ids),
        "collections": readable.order_by("-failed_n", "-documents_n", "name")[:LISTED],
        "writable": frozenset(writable),
        "jobs": _jobs(scope),
        "health": checked,
        "served": checked.served if checked else [],
        "nodes": _nodes(checked.nodes) if checked else [],
        "presence": None if sees_machine else presence(),
        "answers": answer_figures.of_all() if user.is_superuser else None,
        "open_questions": _open_questions(user),
        "is_setup_open": is_first_visit_open(user),
    }


def _jobs(scope: Scope) -> dict[str, Any]:
    counts = jobs_by_state(scope)
    failed = (
        jobs_of(scope)
        .filter(state=JobState.FAILED)
        .select_related("version__document", "collection")
    )
    return {
        "waiting": counts[JobState.QUEUED],
        "running": counts[JobState.RUNNING],
        "failed": counts[JobState.FAILED],
        "last_failed": failed.order_by("-finished_at", "-id")[:LISTED],
    }


def _nodes(found: Sequence[NodeSeen]) -> list[tuple[NodeSeen, str, Any]]:
    """With tone and words of their states; one node alone is what the rest of the page tells of."""
    return [(node, *state_words(node.state)) for node in found] if len(found) > 1 else []


def _open_questions(user: User) -> int | None:
    """Questions at the desk of who manages collections; None for others: it is not theirs."""
    if not collections_of(user, Permission.MANAGE).exists():
        return None
    return open_count(user)
