"""How this node's index stands, and making it anew."""

import time
from dataclasses import dataclass

from apps.core.errors import Conflict
from apps.knowledge import changes
from apps.retrieval import manifest as manifests
from apps.retrieval.embedding import current_generation, searched_generation
from apps.retrieval.index_files import Damaged, folder_of, rebuild_request
from apps.retrieval.index_lock import write_lock

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


def status() -> IndexStatus:
    """The state that searches of this node use now; all zeros while there is none."""
    embedding_generation, _ = searched_generation()
    latest = changes.latest()
    try:
        manifest = manifests.load(folder_of(embedding_generation.pk))
    except Damaged:
        manifest = None
    if manifest is None:
        return IndexStatus(0, 0, 0, 0, latest, 0, str(embedding_generation))
    return IndexStatus(
        generation=manifest.generation,
        change_seq=manifest.change_seq,
        rows=manifest.rows,
        segments=len(manifest.segments),
        lag=max(0, latest - manifest.change_seq),
        size_bytes=manifest.size_bytes,
        model=str(embedding_generation),
    )


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
