"""The Batcher over a model that makes embeddings and nothing else."""

import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from queue import SimpleQueue

from apps.serving.llama.embedder import LlamaEmbedder
from apps.serving.llama.model import LlamaModel
from apps.serving.llama.vocabulary import LlamaVocabulary
from apps.serving.plan import Plan
from apps.serving.protocols import ContextTooLong, Deliver, Request, ServerStatus, Ticket


@dataclass(frozen=True, slots=True)
class _Call:
    texts: Sequence[Sequence[int]]
    vectors: "Future[list[list[float]]]" = field(default_factory=Future)


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
        self._calls: SimpleQueue[_Call | None] = SimpleQueue()
        self._lock = threading.Lock()
        self._open_calls = self._tokens = 0
        self._is_closing = False
        self._is_closed = threading.Event()

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
        call = _Call(texts)
        with self._lock:
            if self._is_closing:
                raise ValueError("The model is being unloaded.")
            self._open_calls += 1
            self._calls.put(call)
        return call.vectors.result()

    def work(self) -> None:
        """Serve until it is closed. In the thread that loaded the model."""
        while (call := self._calls.get()) is not None:
            try:
                call.vectors.set_result(self._embedder.embed(call.texts))
            except Exception as error:  # noqa: BLE001 - whoever called gets it
                call.vectors.set_exception(error)
            with self._lock:
                self._open_calls -= 1
                self._tokens += sum(map(len, call.texts))
        self._embedder.close()
        self._model.close()
        self._is_closed.set()

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
        calls = self._open_calls
        return ServerStatus(
            model=self._plan.name,
            context=self._plan.context,
            parallel=self._plan.parallel,
            running=min(1, calls),
            waiting=max(0, calls - 1),
            counters={"prompt_tokens": self._tokens},
        )

    def close(self) -> None:
        """See protocols.Batcher. Calls that were made are answered first."""
        with self._lock:
            if not self._is_closing:
                self._calls.put(None)
            self._is_closing = True
        self._is_closed.wait()
