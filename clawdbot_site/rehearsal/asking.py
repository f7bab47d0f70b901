"""What an installation knows: whether passages are found again, and how golden sets are answered.

The part that runs inside the installation that is asked, restored or not.
"""

from collections.abc import Iterator
from typing import Any

from django.db.models import Max, Min

from apps.accounts.models import User
from apps.evaluation.in_place import run_in_place
from apps.knowledge.access import Scope
from apps.knowledge.models import Chunk, Collection, Document, VersionState
from apps.retrieval import indexer
from apps.retrieval.search import search

LOOKED_FOR = 40  # passages
QUERY_CHARACTERS = 300
BUILD_S = 24 * 3600


def index_build() -> None:
    """Build the index from the rows. Raises Retryable after a day."""
    indexer.catch_up(timeout_s=BUILD_S)


def golden_figures() -> dict[str, dict[str, Any]]:
    """Figures of each golden set, by the UUID of its collection, with its `name`."""
    kept = Collection.objects.filter(deleted_at=None, golden_questions__isnull=False)
    return {
        str(one.uuid): run_in_place(one.name, progress=_nobody) | {"name": one.name}
        for one in kept.distinct().order_by("name")
    }


def holdings() -> dict[str, int]:
    """How much is here, and how many of some passages are found by their own words."""
    by = User.objects.filter(is_superuser=True, is_active=True).order_by("pk").first()
    passages = list(_some()) if by else []
    found = sum(_is_found(passage, Scope.of(by)) for passage in passages if by)
    return {
        "documents": Document.objects.filter(deleted_at=None).count(),
        "passages": Chunk.objects.count(),
        "looked_for": len(passages),
        "found": found,
    }


def _some() -> Iterator[Chunk]:
    """Passages that can be searched, spread evenly over all that there are."""
    live = Chunk.objects.filter(
        version__state=VersionState.LIVE,
        version__document__deleted_at=None,
        version__document__collection__deleted_at=None,
        is_excluded=False,
    ).order_by("pk")
    ends = live.aggregate(first=Min("pk"), last=Max("pk"))
    if ends["first"] is None:
        return
    step = max((ends["last"] - ends["first"]) // LOOKED_FOR, 1)
    taken = 0
    for at in range(ends["first"], ends["last"] + 1, step):
        if (chunk := live.filter(pk__gte=max(at, taken + 1)).first()) is not None:
            taken = chunk.pk
            yield chunk


def _is_found(passage: Chunk, scope: Scope) -> bool:
    hits = search(passage.text[:QUERY_CHARACTERS], scope=scope, reading=False).hits
    return any(hit.text == passage.text for hit in hits)


def _nobody(stage: str, done: int, total: int) -> None:
    """Nobody watches."""
