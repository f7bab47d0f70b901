"""The tokens of one decoding in llama.cpp's layout: arrays made once and filled again."""

import ctypes
from collections.abc import Sequence

import llama_cpp
import numpy as np

from apps.serving.batching.decoding import Run


class LlamaBatch:
    """Room for `tokens` tokens of up to `slots` sequences."""

    def __init__(self, tokens: int, slots: int) -> None:
        self._tokens = np.zeros(tokens, np.int32)
        self._positions = np.zeros(tokens, np.int32)
        self._counts = np.ones(tokens, np.int32)
        self._outputs = np.zeros(tokens, np.int8)
        self._slots = np.arange(slots, dtype=np.int32)
        self._slot_addresses = self._slots.ctypes.data + 4 * np.arange(slots, dtype=np.uint64)
        self._slot_of = np.zeros(tokens, np.uint64)
        self.filled = llama_cpp.llama_batch(
            n_tokens=0,
            token=_pointer(self._tokens, llama_cpp.llama_token),
            embd=None,
            pos=_pointer(self._positions, llama_cpp.llama_pos),
            n_seq_id=_pointer(self._counts, ctypes.c_int32),
            seq_id=_pointer(self._slot_of, ctypes.POINTER(llama_cpp.llama_seq_id)),
            logits=_pointer(self._outputs, ctypes.c_int8),
        )

    def fill(self, runs: Sequence[Run]) -> list[int]:
        """Put the runs in; the row of each run's first output."""
        end, rows = 0, []
        for run in runs:
            begin, end = end, end + len(run.tokens)
            self._tokens[begin:end] = run.tokens
            self._positions[begin:end] = np.arange(run.start, run.start + end - begin)
            self._slot_of[begin:end] = self._slot_addresses[run.slot]
            self._outputs[begin:end] = 0
            self._outputs[end - run.outputs : end] = 1
            rows.append(end - run.outputs)
        self.filled.n_tokens = end
        return rows


def _pointer(array: np.ndarray, kind: type) -> object:
    return array.ctypes.data_as(ctypes.POINTER(kind))
