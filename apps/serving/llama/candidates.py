"""The tokens that a sampler chooses from, where it must be possible to choose again."""

import ctypes
from typing import Any

import llama_cpp
import numpy as np

_ENTRY = np.dtype([("id", np.int32), ("logit", np.float32), ("p", np.float32)])


class Candidates:
    """All tokens with their logits at one row: an array in llama.cpp's layout, used again."""

    def __init__(self, context: Any, vocabulary_size: int) -> None:
        self._context, self._size = context, vocabulary_size
        self._ids = np.arange(vocabulary_size, dtype=np.int32)
        self._entries = np.zeros(vocabulary_size, _ENTRY)
        self._one = np.zeros(1, _ENTRY)
        self._array = llama_cpp.llama_token_data_array()

    def fill(self, row: int) -> None:
        """Take the logits of `row`."""
        logits = llama_cpp.llama_get_logits_ith(self._context, row)
        self._entries["id"] = self._ids
        self._entries["logit"] = np.ctypeslib.as_array(logits, shape=(self._size,))
        self._entries["p"] = 0
        self._point_at(self._entries)

    def apply(self, sampler: Any) -> None:
        """Let a sampler change the logits."""
        llama_cpp.llama_sampler_apply(sampler, ctypes.byref(self._array))

    def choose(self, chain: Any) -> int:
        """What the chain chooses; it is not told that the token is taken."""
        self.apply(chain)
        return int(self._array.data[self._array.selected].id)

    def allows(self, grammar: Any, token: int) -> bool:
        """Whether the grammar lets this one token pass."""
        self._one[0] = (token, 1.0, 0.0)
        self._point_at(self._one)
        self.apply(grammar)
        return bool(self._one["logit"][0] != -np.inf)

    def _point_at(self, entries: np.ndarray) -> None:
        self._array.data = entries.ctypes.data_as(ctypes.POINTER(llama_cpp.llama_token_data))
        self._array.size, self._array.selected, self._array.sorted = len(entries), -1, False
