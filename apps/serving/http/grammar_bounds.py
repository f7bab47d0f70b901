"""Bounds of grammars that clients write: llama.cpp's parser goes down a level for each bracket."""

import re

MOST_CHARACTERS, _DEEPEST = 20_000, 64
# Literals, character classes and comments: brackets in them open nothing
_PLAIN = re.compile(r'"(?:\\.|[^"\\])*"|\[(?:\\.|[^\]\\])*\]|#[^\n]*|[^()"\[#]+', re.DOTALL)


def bounded(grammar: str) -> str:
    """The same grammar. Raises ValueError: brackets in brackets deeper than anyone writes them."""
    depth = 0
    for bracket in _PLAIN.sub("", grammar):
        depth += {"(": 1, ")": -1}.get(bracket, 0)
        if depth > _DEEPEST:
            raise ValueError(f"brackets are nested more than {_DEEPEST} deep")
    return grammar
