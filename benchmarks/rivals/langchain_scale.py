"""LangChain for benchmarks/scale.py: FAISS and BM25 in an EnsembleRetriever, nothing tuned.

FAISS is kept with `save_local`. BM25Retriever has no such thing: it is pickled, which is quicker
than making it anew. A scope is FAISS's own metadata filter with its default fetch_k (the 20 nearest
are looked at, those outside are dropped); BM25Retriever has no filter, so what it finds outside is
dropped after it. Then once more with a fetch_k of everything. Deleting: `FAISS.delete`, and BM25
made anew.
"""

import time

STARTED = time.perf_counter()

import pickle  # noqa: E402

from langchain_classic.retrievers import EnsembleRetriever  # noqa: E402
from langchain_community.retrievers import BM25Retriever  # noqa: E402
from langchain_community.vectorstores import FAISS  # noqa: E402
from langchain_core.documents import Document  # noqa: E402
from langchain_core.embeddings import Embeddings  # noqa: E402
from scale_rival import DEPTH, Input, run, terms  # noqa: E402


class Given(Embeddings):
    """The vectors of the questions, made before."""

    def __init__(self, given: Input) -> None:
        self._known = dict(zip(given.questions, given.question_vectors.tolist(), strict=True))

    def embed_query(self, text: str) -> list[float]:
        """See Embeddings."""
        return self._known[text]

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """See Embeddings."""
        return [self._known[text] for text in texts]


class LangChain:
    """See scale_rival.Rival."""

    def __init__(self) -> None:
        self._further: dict[str, int] = {}

    def build(self, given: Input) -> None:
        """See Rival."""
        metadatas = self._metadatas(given)
        store = FAISS.from_embeddings(
            zip(given.texts, given.vectors().tolist(), strict=True),
            Given(given), metadatas=metadatas, ids=given.ids,
        )  # fmt: skip
        store.save_local(str(given.folder / "langchain"))
        self._save(given, self._lexical_of(given, slice(None)))

    def open(self, given: Input) -> None:
        """See Rival."""
        self._given = given
        self._store = FAISS.load_local(
            str(given.folder / "langchain"), Given(given), allow_dangerous_deserialization=True
        )
        self._lexical = pickle.loads((given.folder / "langchain" / "bm25.pickle").read_bytes())

    def search(self, at: int, collections: list[int] | None) -> list[str]:
        """See Rival."""
        retriever = EnsembleRetriever(
            retrievers=[self._lexical, self._dense(collections)], weights=[0.5, 0.5]
        )
        return _ids(retriever.invoke(self._given.questions[at]), collections)

    def dense(self, at: int, collections: list[int] | None) -> list[str]:
        """See Rival."""
        return _ids(self._dense(collections).invoke(self._given.questions[at]), collections)

    def look_at_all(self) -> None:
        """See scale_rival.Exhaustive."""
        self._further = {"fetch_k": len(self._given.ids)}

    def delete(self, chunk_id: str) -> str:
        """See Rival."""
        self._store.delete([chunk_id])
        self._store.save_local(str(self._given.folder / "langchain"))
        self._lexical = self._lexical_of(self._given, slice(-1))
        self._save(self._given, self._lexical)
        return "FAISS.delete and save_local; BM25Retriever cannot delete and is made anew"

    def _dense(self, collections: list[int] | None):  # noqa: ANN202
        wanted = {"k": DEPTH}
        if collections is not None:
            wanted["filter"] = {"collection": {"$in": collections}}
            wanted |= self._further
        return self._store.as_retriever(search_kwargs=wanted)

    def _lexical_of(self, given: Input, which: slice) -> BM25Retriever:
        return BM25Retriever.from_texts(
            given.texts[which], metadatas=self._metadatas(given)[which],
            preprocess_func=terms, k=DEPTH,
        )  # fmt: skip

    def _metadatas(self, given: Input) -> list[dict[str, object]]:
        pairs = zip(given.ids, given.collections, strict=True)
        return [{"id": id_, "collection": collection} for id_, collection in pairs]

    def _save(self, given: Input, lexical: BM25Retriever) -> None:
        (given.folder / "langchain" / "bm25.pickle").write_bytes(pickle.dumps(lexical))


def _ids(found: list[Document], collections: list[int] | None) -> list[str]:
    return [
        one.metadata["id"]
        for one in found
        if collections is None or one.metadata["collection"] in collections
    ][:DEPTH]


if __name__ == "__main__":
    run(LangChain(), STARTED)
