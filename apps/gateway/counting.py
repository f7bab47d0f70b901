"""How many tokens texts have, where no language model counted them."""

from collections.abc import Iterable

from apps.retrieval.embedding import embedder


def tokens_in(texts: Iterable[str]) -> int:
    """By the tokenizer of the embedding model: close to what language models count."""
    count = embedder().count_tokens
    return sum(count(text) for text in texts if text)
