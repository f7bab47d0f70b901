"""Bounds of grammars that clients ask for.

llama.cpp's parser goes down a level for each bracket and ends the process when the stack does;
of a JSON schema's lengths brackets are made, one in the other.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from apps.serving.batching import json_schema_grammar
from apps.serving.http.grammar_shape import require_bearable

MOST_CHARACTERS = 20_000
_MOST_CHOICES = 60  # of a grammar that clients write; their time grows with the third power
_MOST_MADE, _MOST_TIMES, _DEEPEST = 1_000_000, 500, 600
# Literals, character classes and comments: brackets in them open nothing
_TEXTS = re.compile(r'"(?:\\.|[^"\\])*"|\[(?:\\.|[^\]\\])*\]|#[^\n]*', re.DOTALL)
_PLAIN = re.compile(r'"(?:\\.|[^"\\])*"|\[(?:\\.|[^\]\\])*\]|#[^\n]*|[^()"\[#]+', re.DOTALL)
_CHOICE = re.compile(r"[|?*+{]")
_LENGTHS = frozenset({"minLength", "maxLength", "minItems", "maxItems"})


def bounded(grammar: str) -> str:
    """The same grammar. Raises ValueError: brackets in brackets deeper than anyone writes them."""
    depth = 0
    for bracket in _PLAIN.sub("", grammar):
        depth += {"(": 1, ")": -1}.get(bracket, 0)
        if depth > _DEEPEST:
            raise ValueError(f"brackets are nested more than {_DEEPEST} deep")
    return grammar


def own(grammar: str) -> str:
    """A grammar that a client wrote, if it is `bounded` and has few choices. Raises ValueError."""
    if len(_CHOICE.findall(_TEXTS.sub("", bounded(grammar)))) > _MOST_CHOICES:
        raise ValueError(f"it has more than {_MOST_CHOICES} choices and repetitions")
    require_bearable(grammar, is_own=True)
    return grammar


def grammar_of(schema: Mapping[str, Any]) -> str:
    """A grammar of the JSON documents that fit. Raises ValueError: there is none, or too large."""
    if any(times > _MOST_TIMES for times in _repetitions(schema)):
        raise ValueError(f"A JSON schema's lengths and repetitions go up to {_MOST_TIMES}.")
    try:
        grammar = json_schema_grammar(schema)
    except MemoryError as error:
        raise ValueError("The JSON schema makes too large a grammar.") from error
    if len(grammar) > _MOST_MADE:
        raise ValueError("The JSON schema makes too large a grammar.")
    require_bearable(bounded(grammar))
    return grammar


def _repetitions(schema: Any) -> Iterator[int]:
    if isinstance(schema, list):
        for part in schema:
            yield from _repetitions(part)
    if not isinstance(schema, dict):
        return
    for name, value in schema.items():
        if name in _LENGTHS and isinstance(value, int):
            yield value
        elif name == "pattern" and isinstance(value, str):
            yield from (int(times) for times in re.findall(r"[{,]\s*(\d{1,9})", value))
        else:
            yield from _repetitions(value)
