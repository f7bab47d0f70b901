"""A llama.cpp context that makes embeddings."""

import ctypes
from collections.abc import Iterator, Sequence
from typing import Any

import llama_cpp
import numpy as np

from apps.serving.batching.decoding import DecodeFailed, Run
from apps.serving.errors import ModelUnusable
from apps.serving.llama.batch import LlamaBatch
from apps.serving.llama.model import LlamaModel
from apps.serving.plan import Plan


class LlamaEmbedder:
    """Pools as the file says; by the mean where it says nothing. One thread uses it."""

    def __init__(self, model: LlamaModel, plan: Plan) -> None:
        """Raises ModelUnusable."""
        self._model = model
        self._context = _context(model, plan)
        if not self._context:
            raise ModelUnusable(f"llama.cpp cannot hold {plan.context} tokens to embed.")
        self.context, self._sequences = plan.context, plan.parallel
        self._batch = LlamaBatch(plan.context, plan.parallel)
        self._has_memory = bool(llama_cpp.llama_get_memory(self._context))

    def embed(self, texts: Sequence[Sequence[int]]) -> list[list[float]]:
        """Unit-length vectors, in the texts' order. Each has 1 to `context` tokens."""
        return [vector for group in self._groups(texts) for vector in self._embed(group)]

    def close(self) -> None:
        """Free the context. Safe to repeat."""
        if self._context:
            llama_cpp.llama_free(self._context)
            self._context = None

    def _groups(self, texts: Sequence[Sequence[int]]) -> Iterator[list[Sequence[int]]]:
        """As many texts as one decoding takes, in order."""
        group: list[Sequence[int]] = []
        for text in texts:
            tokens = sum(map(len, group)) + len(text)
            if group and (tokens > self.context or len(group) == self._sequences):
                yield group
                group = []
            group.append(text)
        if group:
            yield group

    def _embed(self, texts: list[Sequence[int]]) -> list[list[float]]:
        if self._has_memory:
            llama_cpp.llama_memory_clear(llama_cpp.llama_get_memory(self._context), False)
        self._batch.fill([Run(at, 0, text, len(text)) for at, text in enumerate(texts)])
        result = llama_cpp.llama_decode(self._context, self._batch.filled)
        if result != 0:
            raise DecodeFailed(f"llama_decode gave {result}")
        return [self._vector(at) for at in range(len(texts))]

    def _vector(self, sequence: int) -> list[float]:
        found = llama_cpp.llama_get_embeddings_seq(self._context, sequence)
        values = np.ctypeslib.as_array(
            ctypes.cast(found, ctypes.POINTER(ctypes.c_float)), shape=(self._model.width,)
        ).astype(np.float64)
        length = float(np.linalg.norm(values))
        return [float(value) for value in values / (length or 1.0)]


def _context(model: LlamaModel, plan: Plan) -> Any:
    params = llama_cpp.llama_context_default_params()
    params.n_ctx = params.n_batch = params.n_ubatch = plan.context  # a text must fit into one pass
    params.n_seq_max, params.kv_unified = plan.parallel, True
    params.n_threads = params.n_threads_batch = plan.batch_threads
    params.embeddings, params.no_perf = True, True
    context = llama_cpp.llama_init_from_model(model.pointer, params)
    if context and llama_cpp.llama_pooling_type(context) == llama_cpp.LLAMA_POOLING_TYPE_NONE:
        llama_cpp.llama_free(context)
        params.pooling_type = llama_cpp.LLAMA_POOLING_TYPE_MEAN
        context = llama_cpp.llama_init_from_model(model.pointer, params)
    return context
