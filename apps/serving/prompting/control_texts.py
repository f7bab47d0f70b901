"""Keeps what people write from being taken for the model's control tokens."""

import re
from collections.abc import Callable, Iterable

_BREAK = "\ufdd0"  # a noncharacter: no text has it, no tokenizer gets to see it


class ControlTexts:
    """The texts of a vocabulary's control tokens, like `<|im_end|>`.

    A message that contains one would end its own turn and begin another, the system's say. So it is
    broken where a message says it, and the pieces are tokenized apart: the model reads the same
    characters as plain text.
    """

    def __init__(self, texts: Iterable[str]) -> None:
        self._texts = frozenset(text for text in texts if len(text) > 1)
        self._lengths = sorted({len(text) for text in self._texts})
        firsts = "".join(sorted({re.escape(text[0]) for text in self._texts}))
        self._first = re.compile(f"[{firsts}]" if firsts else "(?!)")

    def broken(self, text: str) -> str:
        """The text with a mark inside each control text. For contents of messages."""
        pieces, done = [], 0
        for found in self._first.finditer(text):
            start = found.start()
            if any(text[start : start + length] in self._texts for length in self._lengths):
                pieces.append(text[done : start + 1])
                done = start + 1
        return _BREAK.join([*pieces, text[done:]])

    @staticmethod
    def tokenize(prompt: str, tokenize: Callable[[str, bool], list[int]]) -> list[int]:
        """Tokens of a rendered prompt. `tokenize(text, is_first)`: with control tokens."""
        pieces = prompt.split(_BREAK)
        tokens = tokenize(pieces[0], True)
        for piece in pieces[1:]:
            tokens += tokenize(piece, False)
        return tokens
