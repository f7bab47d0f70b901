"""How many tokens texts have, where no language model counted them."""

from collections.abc import Callable, Iterable

from apps.core.errors import ClawdbotError
from apps.generation.prompts.fitting import estimate
from apps.retrieval.embedding import embedder


def tokens_in(texts: Iterable[str]) -> int:
    """By the tokenizer of the embedding model: close to what language models count. Estimated on a
    node without it, which searches by words."""
    try:
        count: Callable[[str], float] = embedder().count_tokens
    except ClawdbotError:
        count = estimate
    return round(sum(count(text) for text in texts if text))
