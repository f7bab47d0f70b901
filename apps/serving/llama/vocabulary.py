"""Text to tokens and back."""

import ctypes
import re
from collections.abc import Mapping, Sequence
from itertools import pairwise

import llama_cpp

from apps.serving.llama.model import LlamaModel

# llama.cpp splits by std::regex where it has nothing better, which goes down a level of the stack
# for each character of a match: words of 30,000 characters end the process.
_LONGEST_RUN = 4096
_RUN = re.compile(r"\S+|\s+")
_PIECE_BYTES = 256  # longer pieces are asked for again


class LlamaVocabulary:
    """A model's tokens. Thread-safe while the model is loaded."""

    def __init__(self, model: LlamaModel) -> None:
        self._pointer = model.vocabulary
        self._size = model.vocabulary_size
        kind = llama_cpp.llama_vocab_type(self._pointer)
        self._is_split_by_patterns = kind == llama_cpp.LLAMA_VOCAB_TYPE_BPE
        self._pieces: dict[int, bytes] = {}
        self._ends = frozenset(
            token
            for token in range(self._size)
            if llama_cpp.llama_vocab_is_eog(self._pointer, token)
        )

    def tokenize(self, text: str, *, add_special: bool, parse_special: bool) -> list[int]:
        """Token ids of `text`."""
        if not self._is_split_by_patterns or len(text) <= _LONGEST_RUN:
            return self._tokens(text, add_special=add_special, parse_special=parse_special)
        found = [
            token
            for piece in _short_runs(text)
            for token in self._tokens(piece, add_special=False, parse_special=parse_special)
        ]
        if add_special:
            around = self._tokens("", add_special=True, parse_special=False)
            has_first = bool(llama_cpp.llama_vocab_get_add_bos(self._pointer))
            found = around[:has_first] + found + around[has_first:]
        return found

    def _tokens(self, text: str, *, add_special: bool, parse_special: bool) -> list[int]:
        source = text.encode("utf-8", "replace")
        room = len(source) + 8
        while True:
            tokens = (llama_cpp.llama_token * room)()
            count = llama_cpp.llama_tokenize(
                self._pointer, source, len(source), tokens, room, add_special, parse_special
            )
            if count >= 0:
                return list(tokens[:count])
            room = -count

    def piece(self, token: int) -> bytes:
        """A token's bytes; nothing for control tokens."""
        found = self._pieces.get(token)
        if found is None:
            found = self._pieces[token] = self._piece(token, is_special=False)
        return found

    def detokenize(self, tokens: Sequence[int]) -> str:
        """Text of the tokens, control tokens included. Raises ValueError: unknown ones, which
        would end the process."""
        if not self.has(tokens):
            raise ValueError(f"Tokens are numbers from 0 to {self._size - 1}.")
        pieces = (self._piece(token, is_special=True) for token in tokens)
        return b"".join(pieces).decode("utf-8", "replace")

    def is_end(self, token: int) -> bool:
        """Whether the token ends an answer."""
        return token in self._ends

    def has(self, tokens: Sequence[int]) -> bool:
        """Whether all of them are in the vocabulary."""
        return all(0 <= token < self._size for token in tokens)

    @property
    def special_texts(self) -> Mapping[str, str]:
        """`bos_token` and `eos_token`, where there are some."""
        tokens = {
            "bos_token": llama_cpp.llama_vocab_bos(self._pointer),
            "eos_token": llama_cpp.llama_vocab_eos(self._pointer),
        }
        return {
            name: self._piece(token, is_special=True).decode("utf-8", "replace")
            for name, token in tokens.items()
            if token >= 0
        }

    @property
    def control_texts(self) -> frozenset[str]:
        """Texts of control tokens."""
        found = (
            self._piece(token, is_special=True).decode("utf-8", "replace")
            for token in range(self._size)
            if llama_cpp.llama_vocab_is_control(self._pointer, token)
        )
        return frozenset(text for text in found if text)

    def _piece(self, token: int, *, is_special: bool) -> bytes:
        size = _PIECE_BYTES
        while True:
            buffer = ctypes.create_string_buffer(size)
            length = llama_cpp.llama_token_to_piece(
                self._pointer, token, buffer, size, 0, is_special
            )
            if length >= 0:
                return buffer.raw[:length]
            size = -length


def _short_runs(text: str) -> list[str]:
    """The text in pieces: cut where it goes on for long without a space, or with spaces only."""
    cuts = [
        at
        for run in _RUN.finditer(text)
        for at in range(run.start() + _LONGEST_RUN, run.end(), _LONGEST_RUN)
    ]
    return [text[begin:end] for begin, end in pairwise([0, *cuts, len(text)])]
