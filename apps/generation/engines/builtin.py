"""The engine that needs no language model: it quotes the best sentences and cannot invent."""

from collections.abc import Iterator

from apps.generation.protocols import Draft, Prompt
from apps.generation.reading import weights
from apps.generation.reading.composing import compose
from apps.generation.reading.reader import Similarity, read
from apps.retrieval import embedding


class BuiltinEngine:
    """Picks sentences by words, meaning and kind of answer; refuses below its confidence."""

    @property
    def name(self) -> str:
        """`builtin`."""
        return "builtin"

    @property
    def model_sha256(self) -> str:
        """Hash of the fitted weights."""
        return weights.load().sha256

    def warm_up(self) -> None:
        """Read the weights and load the embedder."""
        weights.load()
        embedding.embedder()

    def write(self, prompt: Prompt) -> Iterator[str | Draft]:
        """Quote what answers the question, in one piece, then the Draft."""
        reading = read(prompt.question, prompt.passages, similarity=_similarity(prompt))
        if not reading.sentences or reading.confidence < prompt.min_confidence:
            yield Draft(text="", is_answered=False, confidence=reading.confidence)
            return
        composed = compose(reading, prompt.passages)
        yield composed.text
        yield Draft(
            text=composed.text,
            is_answered=True,
            confidence=reading.confidence,
            evidence=composed.evidence,
            short_answer=composed.short_answer,
        )


def _similarity(prompt: Prompt) -> Similarity | None:
    """Meanings are compared only in a language the embedder knows."""
    embedder = embedding.embedder()
    if prompt.language not in embedder.languages or not prompt.passages:
        return None
    return Similarity(embedder, embedding.embed_query(prompt.question))
