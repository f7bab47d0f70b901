"""LlamaIndex for benchmarks/scale.py: FAISS and BM25 in a QueryFusionRetriever without an LLM.

FaissMapVectorStore over exact inner products (of its two FAISS stores the one that can delete),
kept with `StorageContext.persist`; BM25Retriever with its own `persist`. The FAISS stores refuse
metadata filters, so a scope cannot be searched. Deleting: `delete_nodes`, everything written again,
and BM25, which cannot delete, made anew.
"""

import time

STARTED = time.perf_counter()

import faiss  # noqa: E402
from llama_index.core import (  # noqa: E402
    QueryBundle,
    StorageContext,
    VectorStoreIndex,
    load_index_from_storage,
)
from llama_index.core.base.embeddings.base import BaseEmbedding  # noqa: E402
from llama_index.core.bridge.pydantic import PrivateAttr  # noqa: E402
from llama_index.core.llms import MockLLM  # noqa: E402
from llama_index.core.retrievers import QueryFusionRetriever  # noqa: E402
from llama_index.core.schema import TextNode  # noqa: E402
from llama_index.core.vector_stores import (  # noqa: E402
    FilterOperator,
    MetadataFilter,
    MetadataFilters,
)
from llama_index.retrievers.bm25 import BM25Retriever  # noqa: E402
from llama_index.vector_stores.faiss import FaissMapVectorStore  # noqa: E402
from scale_rival import DEPTH, TERM, Input, run  # noqa: E402


class Given(BaseEmbedding):
    """The vectors of the questions, made before."""

    _known: dict[str, list[float]] = PrivateAttr()

    def __init__(self, given: Input) -> None:
        super().__init__()
        self._known = dict(zip(given.questions, given.question_vectors.tolist(), strict=True))

    def _get_query_embedding(self, query: str) -> list[float]:
        return self._known[query]

    def _get_text_embedding(self, text: str) -> list[float]:
        return self._known[text]

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self._known[query]


class LlamaIndex:
    """See scale_rival.Rival."""

    def build(self, given: Input) -> None:
        """See Rival."""
        vectors = given.vectors()
        rows = zip(given.ids, given.texts, given.collections, vectors, strict=True)
        nodes = [
            TextNode(
                id_=id_, text=text, metadata={"collection": collection}, embedding=vector.tolist(),
                excluded_embed_metadata_keys=["collection"],
            )
            for id_, text, collection, vector in rows
        ]  # fmt: skip
        flat = faiss.IndexFlatIP(vectors.shape[1])
        store = FaissMapVectorStore(faiss_index=faiss.IndexIDMap2(flat))
        context = StorageContext.from_defaults(vector_store=store)
        index = VectorStoreIndex(nodes, storage_context=context, embed_model=Given(given))
        index.storage_context.persist(str(given.folder / "llamaindex"))
        self._lexical_of(nodes).persist(str(given.folder / "llamaindex" / "bm25"))

    def open(self, given: Input) -> None:
        """See Rival."""
        self._given, folder = given, str(given.folder / "llamaindex")
        store = FaissMapVectorStore.from_persist_dir(folder)
        context = StorageContext.from_defaults(vector_store=store, persist_dir=folder)
        self._index = load_index_from_storage(context, embed_model=Given(given))
        # token_pattern and skip_stemming are not kept by `persist`
        self._lexical = BM25Retriever.from_persist_dir(f"{folder}/bm25")
        self._lexical.token_pattern = TERM

    def search(self, at: int, collections: list[int] | None) -> list[str]:
        """See Rival."""
        retriever = QueryFusionRetriever(
            [self._dense(collections), self._lexical], llm=MockLLM(), num_queries=1,
            mode="reciprocal_rerank", similarity_top_k=DEPTH, use_async=False,
        )  # fmt: skip
        return self._ids(retriever, at)

    def dense(self, at: int, collections: list[int] | None) -> list[str]:
        """See Rival."""
        return self._ids(self._dense(collections), at)

    def delete(self, chunk_id: str) -> str:
        """See Rival."""
        folder = self._given.folder / "llamaindex"
        self._index.delete_nodes([chunk_id], delete_from_docstore=True)
        self._index.storage_context.persist(str(folder))
        self._lexical = self._lexical_of(list(self._index.docstore.docs.values()))
        self._lexical.persist(str(folder / "bm25"))
        return "delete_nodes and persist; BM25Retriever cannot delete and is made anew"

    def _ids(self, retriever, at: int) -> list[str]:  # noqa: ANN001
        try:
            found = retriever.retrieve(QueryBundle(self._given.questions[at]))
        except ValueError as error:
            if "filters not implemented" in str(error):
                raise NotImplementedError from error
            raise
        return [one.node.node_id for one in found]

    def _dense(self, collections: list[int] | None):  # noqa: ANN202
        filters = None
        if collections is not None:
            wanted = MetadataFilter(key="collection", value=collections, operator=FilterOperator.IN)
            filters = MetadataFilters(filters=[wanted])
        return self._index.as_retriever(similarity_top_k=DEPTH, filters=filters)

    def _lexical_of(self, nodes: list[TextNode]) -> BM25Retriever:
        return BM25Retriever.from_defaults(nodes=nodes, similarity_top_k=DEPTH, token_pattern=TERM)


if __name__ == "__main__":
    run(LlamaIndex(), STARTED)
