"""The Batcher over a model that makes embeddings and nothing else."""

import threading
from collections.abc import Mapping, Sequence

from apps.serving.llama.embedder import LlamaEmbedder
from apps.serving.llama.model import LlamaModel
from apps.serving.llama.vocabulary import LlamaVocabulary
from apps.serving.plan import Plan
from apps.serving.protocols import ContextTooLong, Deliver, Request, ServerStatus, Ticket


class EmbeddingBatcher:
    """See protocols.Batcher. Texts of one call are computed together; calls one by one."""

    chat_template = ""

    def __init__(
        self, plan: Plan, model: LlamaModel, vocabulary: LlamaVocabulary, embedder: LlamaEmbedder
    ) -> None:
        self._plan, self._model = plan, model
        self._vocabulary, self._embedder = vocabulary, embedder
        self.tokenize = vocabulary.tokenize
        self.detokenize = vocabulary.detokenize
        self._lock = threading.Lock()
        self._tokens = self._calls = 0

    def submit(self, request: Request, deliver: Deliver) -> Ticket:
        """Raises ValueError: it writes nothing."""
        raise ValueError(f"{self._plan.name} makes embeddings; it does not write.")

    def embed(self, texts: Sequence[Sequence[int]]) -> list[list[float]]:
        """Unit-length vectors. Raises ContextTooLong, ValueError (an empty text)."""
        for text in texts:
            if not text or not self._vocabulary.has(text):
                raise ValueError("A text to embed has at least one token, all of them known.")
            if len(text) > self._plan.context:
                raise ContextTooLong(len(text), self._plan.context)
        with self._lock:
            self._calls += 1
        try:
            return self._embedder.embed(texts)
        finally:
            with self._lock:
                self._calls -= 1
                self._tokens += sum(map(len, texts))

    @property
    def special_texts(self) -> Mapping[str, str]:
        """See protocols.Batcher."""
        return self._vocabulary.special_texts

    @property
    def control_texts(self) -> frozenset[str]:
        """See protocols.Batcher."""
        return self._vocabulary.control_texts

    def status(self) -> ServerStatus:
        """Calls being computed count as one running, the others as waiting."""
        calls = self._calls
        return ServerStatus(
            model=self._plan.name,
            context=self._plan.context,
            parallel=self._plan.parallel,
            running=min(1, calls),
            waiting=max(0, calls - 1),
            counters={"prompt_tokens": self._tokens},
        )

    def close(self) -> None:
        """Free the model. Safe to repeat."""
        self._embedder.close()
        self._model.close()
