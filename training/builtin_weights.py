"""Writes the weights file of the built-in engine, one part at a time."""

import json

from apps.generation.reading.weights import WEIGHTS


def write(language: str, **parts: dict[str, float]) -> None:
    """Replace these parts (`sentences`, `spans`, `refusal`) of one language, keep the rest."""
    content = json.loads(WEIGHTS.read_text("utf-8")) if WEIGHTS.exists() else {}
    content.setdefault(language, {}).update(
        {part: dict(sorted(values.items())) for part, values in parts.items()}
    )
    text = json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True)
    WEIGHTS.write_text(text + "\n", "utf-8")
