"""Vectors that all nodes share: what the index of a node does about them. Light to import."""

import logging
import threading

from apps.core import config
from apps.core.errors import Retryable
from apps.retrieval.models import EmbeddingGeneration, NodeIndex
from apps.retrieval.protocols import DenseLeg

logger = logging.getLogger(__name__)

NODE = "milvus"  # its name among the nodes that hold indexes


def are_used() -> bool:
    """Whether vectors are in Milvus, not in files of each node."""
    return config.load().index.vectors == "milvus"


def dense_leg(generation: EmbeddingGeneration) -> DenseLeg:
    """The search in a generation's vectors. Connects when it is used."""
    from apps.retrieval import milvus_store  # heavy
    from apps.retrieval.vector.milvus_dense import MilvusDense  # heavy

    return MilvusDense(
        milvus_store.collection_of(generation),
        retired=lambda: milvus_store.retired_since(generation.pk),
    )


def start_following(stopping: threading.Event) -> None:
    """Let this node write to Milvus, in a thread, whenever no other does; until `stopping`."""
    if are_used():
        from apps.retrieval import milvus_following  # heavy

        milvus_following.start(stopping)
    else:
        NodeIndex.objects.filter(node=NODE).delete()  # receipts need not wait for it any more


def catch_up(*, timeout_s: float) -> None:
    """Bring Milvus to the last change. That it is away is logged: words are found even so."""
    if are_used():
        from apps.retrieval import milvus_following  # heavy

        try:
            milvus_following.catch_up(timeout_s=timeout_s)
        except Retryable as error:
            logger.warning("Milvus did not catch up: %s", error)
