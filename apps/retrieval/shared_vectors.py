"""Vectors that all nodes share: what the index of a node does about them. Light to import."""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass

from django.db import transaction

from apps.core import config
from apps.core.errors import Retryable
from apps.knowledge import changes
from apps.knowledge.models import Change, Version, VersionState
from apps.retrieval.models import EmbeddingGeneration, GenerationIndex, NodeIndex
from apps.retrieval.protocols import DenseLeg
from apps.retrieval.verifying.suspects import Suspects

logger = logging.getLogger(__name__)

NODE = "milvus"  # its name among the nodes that hold indexes
NO_VECTORS = 1  # the dimension of files without vectors: FAISS knows none of 0
_ASK_S = 1.0
_REPAIR_S = 600.0


def are_used() -> bool:
    """Whether vectors are in Milvus, not in files of each node."""
    return config.load().index.vectors == "milvus"


def kept_dimension(generation: EmbeddingGeneration) -> int:
    """Numbers of a vector in the files of a node: where Milvus has the vectors one, always 0."""
    return NO_VECTORS if are_used() else generation.dimension


@dataclass(frozen=True, slots=True)
class SharedState:
    """How Milvus is: the version it tells (empty: it does not answer), and what it contains."""

    version: str
    rows: int
    lag: int  # committed changes that it does not contain yet


def state() -> SharedState | None:
    """Asks Milvus, which takes a second at most; None where vectors are in files."""
    if not are_used():
        return None
    from apps.retrieval import milvus_store  # heavy

    try:
        version = milvus_store.server().version(timeout_s=_ASK_S)
    except Retryable:
        version = ""
    index = NodeIndex.objects.filter(node=NODE).first()
    lag = changes.latest() - (index.change_seq if index else 0)
    return SharedState(version, index.rows if index else 0, max(0, lag))


def dense_leg(generation_id: int) -> DenseLeg | None:
    """The search in an embedding generation's vectors; None where they are in files of each node.

    Connects when it is used.
    """
    if not are_used():
        return None
    from apps.retrieval import milvus_store  # heavy
    from apps.retrieval.vector.milvus_dense import MilvusDense  # heavy

    generation = EmbeddingGeneration.objects.get(pk=generation_id)
    return MilvusDense(
        milvus_store.collection_of(generation),
        retired=lambda: milvus_store.retired_since(generation_id),
    )


def start_following(stopping: threading.Event) -> None:
    """Let this node write to Milvus, in a thread, whenever no other does; until `stopping`."""
    if are_used():
        from apps.retrieval import milvus_following  # heavy

        milvus_following.start(stopping)
    else:
        NodeIndex.objects.filter(node=NODE).delete()  # receipts need not wait for it any more


def repair(generation: EmbeddingGeneration, suspects: Suspects) -> list[str]:
    """Have brought to Milvus again what a verify suspects there; returns what was done.

    The rows are deleted, and their versions announced: the node that writes brings them, soon.
    May be repeated. Raises Retryable when Milvus does not answer.
    """
    if not (suspects.shared or suspects.is_all_shared):
        return []
    from apps.retrieval import milvus_store  # heavy

    collection = milvus_store.collection_of(generation)
    if suspects.is_all_shared:
        collection.drop()
        GenerationIndex.objects.filter(node=NODE, generation=generation).delete()  # fill it anew
        catch_up(timeout_s=_REPAIR_S)
        return [f"vectors of {generation} brought to Milvus anew"]
    versions = sorted(suspects.shared)
    collection.delete(collection.ids(versions)[0].tolist())
    live = Version.objects.filter(pk__in=versions, state=VersionState.LIVE)
    with transaction.atomic():
        changes.record(Change.Kind.PUBLISH, list(live.values_list("pk", flat=True)))
    catch_up(timeout_s=_REPAIR_S)
    return [f"{len(versions)} versions brought to Milvus again"]


def catch_up(*, timeout_s: float, keep: Callable[[], None] = lambda: None) -> None:
    """Bring Milvus to the last change, here when no other node does; `keep` is called meanwhile.

    That it is away, or another node not done after `timeout_s`, is logged: words are found even so.
    """
    if are_used():
        from apps.retrieval import milvus_following  # heavy

        try:
            milvus_following.catch_up(timeout_s=timeout_s, keep=keep)
        except Retryable as error:
            logger.warning("Milvus did not catch up: %s", error)
