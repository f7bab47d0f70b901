"""This installation's collections in Milvus: their names, what they lag behind by, the old ones."""

from collections.abc import Collection, Iterable
from functools import lru_cache

from django.db.models import Exists, OuterRef

from apps.core import config
from apps.core.errors import Retryable
from apps.knowledge.models import Change, Version, VersionState
from apps.retrieval.models import EmbeddingGeneration, GenerationIndex, VectorStore
from apps.retrieval.shared_vectors import NODE
from apps.retrieval.vector.milvus import MilvusServer
from apps.retrieval.vector.milvus_collection import WRITE_S, MilvusCollection

MOST_RETIRED = 10_000


def server() -> MilvusServer:
    """The configured Milvus; one connection for the process."""
    index = config.load().index
    return _server(index.milvus_uri, index.milvus_token, index.milvus_database)


@lru_cache(maxsize=4)
def _server(uri: str, token: str, database: str) -> MilvusServer:
    return MilvusServer(uri, token, database)


def collection_of(generation: EmbeddingGeneration) -> MilvusCollection:
    """Where a generation's vectors are, whether or not it has been made yet."""
    name = _name(VectorStore.here(), generation)
    return MilvusCollection(server(), name, generation.dimension)


def retired_since(generation_id: int) -> Collection[int]:
    """Versions that do not count any more though Milvus may still hold them, MOST_RETIRED at most.

    Two queries. While Milvus is further behind, results can be fewer, never wrong. Raises Retryable
    while the vectors are brought there for the first time.
    """
    reached = GenerationIndex.objects.filter(node=NODE, generation=generation_id)
    change_seq = reached.values_list("change_seq", flat=True).first()
    if change_seq is None:
        raise Retryable("The vectors are being brought to Milvus")
    live = Version.objects.filter(pk=OuterRef("version_id"), state=VersionState.LIVE)
    waiting = Change.objects.filter(~Exists(live), kind=Change.Kind.RETIRE, seq__gt=change_seq)
    return frozenset(waiting.values_list("version_id", flat=True)[:MOST_RETIRED])


def drop_others(generations: Iterable[EmbeddingGeneration]) -> list[str]:
    """Drop this installation's collections of other generations; their names."""
    store = VectorStore.here()
    kept = {_name(store, generation) for generation in generations}
    dropped = [name for name in server().names(store.prefix, timeout_s=WRITE_S) if name not in kept]
    for name in dropped:
        server().drop(name, timeout_s=WRITE_S)
    return dropped


def _name(store: VectorStore, generation: EmbeddingGeneration) -> str:
    return f"{store.prefix}{generation.pk}_{generation.model_sha256[:8]}"
