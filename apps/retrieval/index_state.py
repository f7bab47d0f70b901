"""How this node's index stands, and making it anew."""

import time
from dataclasses import dataclass

from apps.core.errors import Conflict
from apps.core.nodes import node_name
from apps.knowledge import changes
from apps.retrieval import index_damage
from apps.retrieval import manifest as manifests
from apps.retrieval.embedding import current_generation, searched_generation
from apps.retrieval.index_files import Damaged, folder_of, rebuild_request
from apps.retrieval.index_lock import write_lock
from apps.retrieval.models import NodeIndex

_POLL_S = 0.2


@dataclass(frozen=True, slots=True)
class IndexStatus:
    """What the published state contains. `lag`: committed changes that it does not contain yet."""

    generation: int
    change_seq: int
    rows: int
    segments: int
    lag: int
    size_bytes: int
    model: str
    verified: str = ""  # when this node was verified last, and what was found
    incidents: int = 0  # damaged files that are on record


def status() -> IndexStatus:
    """The state that searches of this node use now; all zeros while there is none."""
    embedding_generation, _ = searched_generation()
    latest = changes.latest()
    try:
        manifest = manifests.load(folder_of(embedding_generation.pk))
    except Damaged:
        manifest = None
    checked, incidents = _last_verified(), len(index_damage.latest())
    if manifest is None:
        model = str(embedding_generation)
        return IndexStatus(0, 0, 0, 0, latest, 0, model, checked, incidents)
    return IndexStatus(
        generation=manifest.generation,
        change_seq=manifest.change_seq,
        rows=manifest.rows,
        segments=len(manifest.segments),
        lag=max(0, latest - manifest.change_seq),
        size_bytes=manifest.size_bytes,
        model=str(embedding_generation),
        verified=checked,
        incidents=incidents,
    )


def _last_verified() -> str:
    mine = NodeIndex.objects.filter(node=node_name()).exclude(verified_at=None)
    if (index := mine.first()) is None or index.verified_at is None:
        return "never"
    when = f"{index.verified_at:%Y-%m-%d %H:%M} UTC"
    found = [f"{one['count']} {one['drift']}" for one in index.verification.get("findings", [])]
    return f"{when}, {' and '.join(found) or 'no drift'}"


def rebuild(*, timeout_s: float = 3600) -> IndexStatus:
    """Make the index anew from the database; nothing is parsed or embedded, searches go on.

    Done here when no indexer runs, else asked of the indexer and waited for. Raises Conflict when
    it is not done after `timeout_s`.
    """
    before, deadline = status().generation, time.monotonic() + timeout_s
    request = rebuild_request(folder_of(current_generation().pk))
    request.parent.mkdir(parents=True, exist_ok=True)
    request.touch()
    while request.exists() or status().generation <= before:
        with write_lock() as is_held:
            if is_held:
                from apps.retrieval import index_following  # heavy

                index_following.catch_up_here()
                continue
        if time.monotonic() > deadline:
            raise Conflict("The indexer is still rebuilding. See `clawdbot index status`.")
        time.sleep(_POLL_S)
    return status()
