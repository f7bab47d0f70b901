"""Sentence embedding with ONNX Runtime on the processor."""

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer

from apps.retrieval.embedders import model_folder
from apps.retrieval.onnx_sessions import session_of
from apps.retrieval.protocols import EmbedderIdentity, Vectors

# The model's tokenizer makes no token of more characters: a longer word is one unknown token.
_LONGEST_TOKEN = 100


class OnnxEmbedder:
    """An embedding model in ONNX: `input_ids` (texts, tokens) to `embedding` (texts, dimension).

    Each text is a run of its own on one thread, and `threads` of them run side by side on one
    copy of the weights. Measured against batches and against threads inside a run
    (benchmarks/embedding.py): no padding is computed, more texts per second, and a vector does not
    depend on its neighbours although the model quantises activations by their range in the run.
    A single text runs on the thread of its caller, so callers never oversubscribe the processor.
    Thread-safe; the interpreter lock is released while the model runs.
    """

    def __init__(self, folder: Path, *, threads: int) -> None:
        """Load and verify the model in `folder`. Raises ModelDamaged."""
        self._description = model_folder.verify(folder)
        self._threads = threads
        self._lock = threading.Lock()
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._session = session_of(folder / "model.onnx")

    @property
    def identity(self) -> EmbedderIdentity:
        """Model hash, dimension, pooling and prefix."""
        return self._description.identity

    @property
    def languages(self) -> frozenset[str]:
        """Languages in which the vectors mean something."""
        return self._description.languages

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Embeddings, float32, shape (len(texts), dimension), rows of length 1, in given order.

        A text beyond the model's window is embedded by its beginning. A text's vector is the same
        bit for bit whatever it is embedded together with.
        """
        vectors = np.empty((len(texts), self._description.dimension), dtype=np.float32)
        rows = self._token_rows(texts)

        def run(row: int) -> None:
            vectors[row] = self._session.run(["embedding"], {"input_ids": rows[row]})[0][0]

        if len(texts) == 1 or self._threads == 1:
            for row in range(len(texts)):
                run(row)
        else:
            longest_first = sorted(range(len(texts)), key=lambda row: -rows[row].size)
            list(self._pool.map(run, longest_first))
        return vectors

    def embed_question(self, text: str) -> Vectors:
        """The embedding of a question: these models embed it like any text."""
        vector: Vectors = self.embed([text])[0]
        return vector

    def count_tokens(self, text: str) -> int:
        """Tokens of `text` before truncation, special tokens left out."""
        return len(self._tokenizer.encode(text, add_special_tokens=False).ids)

    def _token_rows(self, texts: Sequence[str]) -> list[np.ndarray]:
        limit = self._description.max_tokens
        start, longest = self._description.prefix, limit * _LONGEST_TOKEN
        encoded = self._tokenizer.encode_batch_fast([start + text[:longest] for text in texts])
        rows = (item.ids for item in encoded)
        return [
            np.array([ids if len(ids) <= limit else [*ids[: limit - 1], ids[-1]]], dtype=np.int64)
            for ids in rows
        ]

    @cached_property
    def _pool(self) -> ThreadPoolExecutor:
        return ThreadPoolExecutor(self._threads, thread_name_prefix="embed")
