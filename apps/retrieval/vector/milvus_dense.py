"""The dense leg over vectors in Milvus."""

from collections.abc import Callable, Collection

from apps.retrieval.protocols import Candidate, RowFilter, Vectors
from apps.retrieval.vector.milvus_collection import MilvusCollection
from apps.retrieval.vector.milvus_filters import expressions


class MilvusDense:
    """DenseLeg over one collection. Safe for many threads.

    `retired` gives the versions that Milvus may still hold and that do not count any more. A
    search raises Retryable when Milvus does not answer in time: words alone are searched then.
    """

    def __init__(
        self, collection: MilvusCollection, retired: Callable[[], Collection[int]]
    ) -> None:
        self._collection = collection
        self._retired = retired

    def search(self, vector: Vectors, *, rows: RowFilter, limit: int) -> list[Candidate]:
        """See DenseLeg."""
        return self._collection.search(vector, expressions(rows, self._retired()), limit)
