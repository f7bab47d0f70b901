"""Many requests over one model at once: continuous batching."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from apps.serving.plan import Plan
    from apps.serving.protocols import Batcher


def open_batcher(plan: "Plan") -> "Batcher":
    """Load the model as planned, warm it up, start computing.

    Raises apps.serving.errors.ModelUnusable.
    """
    from apps.serving.batching import opening

    return opening.open_planned(plan)


def json_schema_grammar(schema: Mapping[str, object]) -> str:
    """A GBNF grammar of the JSON documents that fit the schema. Raises ValueError: none can be
    made of it."""
    from apps.serving.llama import grammar

    return grammar.gbnf(schema)
