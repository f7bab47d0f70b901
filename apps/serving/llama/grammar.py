"""JSON schemas as grammars that llama.cpp can hold a model to."""

import json
from collections.abc import Mapping

from llama_cpp import llama_grammar


def gbnf(schema: Mapping[str, object]) -> str:
    """A GBNF grammar of the JSON documents that fit the schema. Raises ValueError: it cannot be
    expressed (unknown types, references outside of the schema, unsupported patterns)."""
    try:
        return str(llama_grammar.json_schema_to_gbnf(json.dumps(schema)))
    except (KeyError, TypeError, AttributeError, AssertionError, RecursionError, IndexError) as why:
        raise ValueError(f"The JSON schema cannot be made a grammar: {why}") from why
