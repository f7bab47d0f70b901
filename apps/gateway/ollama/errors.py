"""Errors as Ollama's clients know them."""

from typing import Any

from apps.core.errors import ClawdbotError


def body_of(error: ClawdbotError) -> dict[str, Any]:
    """`{"error": "..."}`, and our code beside it."""
    return {"error": str(error.message), "code": error.code}
