"""How many tokens texts have, where no language model counted them."""

from collections.abc import Callable, Iterable

from apps.core.errors import ClawdbotError
from apps.generation.prompts.fitting import estimate
from apps.retrieval.embedding import embedder

MOST_COUNTED = 200_000


def tokens_in(texts: Iterable[str]) -> int:
    """By the tokenizer of the embedding model: close to what language models count. Estimated on a
    node without it, which searches by words, and beyond MOST_COUNTED characters by those before:
    counting ten million takes ten seconds, and asks nobody for a place."""
    try:
        count: Callable[[str], float] = embedder().count_tokens
    except ClawdbotError:
        count = estimate
    tokens, counted, length = 0.0, 0, 0
    for text in texts:
        part = text[: max(0, MOST_COUNTED - counted)]
        tokens += count(part) if part else 0
        counted, length = counted + len(part), length + len(text)
    return round(tokens * length / counted) if counted else 0
