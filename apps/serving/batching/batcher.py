"""The Batcher over a model that writes: steps the scheduler while there is work."""

import logging
import threading
from collections.abc import Mapping, Sequence

from apps.serving.batching.answers import Answer
from apps.serving.batching.costs import Costs
from apps.serving.batching.guessing import Guesser
from apps.serving.batching.scheduler import FAILED, Scheduler
from apps.serving.batching.text import AnswerText
from apps.serving.batching.waiting import Place, WaitingLine
from apps.serving.llama.decoder import LlamaDecoder
from apps.serving.llama.model import LlamaModel
from apps.serving.plan import Plan
from apps.serving.protocols import (
    ContextTooLong,
    Deliver,
    FinishReason,
    Request,
    ServerStatus,
    Ticket,
)

log = logging.getLogger(__name__)


class GeneratingBatcher:
    """See protocols.Batcher."""

    def __init__(self, plan: Plan, model: LlamaModel, decoder: LlamaDecoder, costs: Costs) -> None:
        self._plan, self._model, self._decoder = plan, model, decoder
        self._vocabulary = decoder.vocabulary
        self.tokenize = self._vocabulary.tokenize
        self.detokenize = self._vocabulary.detokenize
        self.chat_template = model.chat_template
        self.special_texts: Mapping[str, str] = self._vocabulary.special_texts
        self.control_texts = self._vocabulary.control_texts
        self._changed = threading.Condition()
        self._is_closing = False
        self._line = WaitingLine(room=plan.queue, parallel=plan.parallel, costs=costs)
        self._scheduler = Scheduler(decoder, self._line, costs, parallel=plan.parallel)
        self._is_closed = threading.Event()

    def submit(self, request: Request, deliver: Deliver) -> Ticket:
        """See protocols.Batcher."""
        answer = self._answer(request, deliver)
        try:
            with self._changed:
                if self._is_closing:
                    raise ValueError("The model is being unloaded.")
                self._line.add(answer)
                self._changed.notify()
        except Exception:
            answer.sampler.close()
            raise
        return Place(answer, self._line, self._wake)

    def embed(self, texts: Sequence[Sequence[int]]) -> list[list[float]]:
        """Raises ValueError: it makes none."""
        raise ValueError(f"{self._plan.name} writes; it makes no embeddings.")

    def status(self) -> ServerStatus:
        """See protocols.Batcher."""
        return ServerStatus(
            model=self._plan.name,
            context=self._plan.context,
            parallel=self._plan.parallel,
            running=self._scheduler.running,
            waiting=len(self._line),
            counters=dict(self._scheduler.counters),
        )

    def close(self) -> None:
        """See protocols.Batcher. Waits for the step that is being computed, so not for listeners
        to call."""
        with self._changed:
            self._is_closing = True
            self._changed.notify()
        self._is_closed.wait()

    def work(self) -> None:
        """Serve until it is closed. In the thread that loaded the model."""
        while self._waits_for_work():
            try:
                self._scheduler.step()
            except Exception:  # the loop serves everybody: it goes on without those at work
                log.exception("a step of the batcher failed")
                self._scheduler.end_running(FinishReason.ERROR, FAILED)
        self._scheduler.end_all(FinishReason.CANCELLED)
        self._decoder.close()
        self._model.close()
        self._is_closed.set()

    def _answer(self, request: Request, deliver: Deliver) -> Answer:
        tokens = list(request.tokens)
        if not tokens or not self._vocabulary.has(tokens):
            raise ValueError("A prompt has at least one token, all of them known.")
        if request.max_tokens < 1:
            raise ValueError("max_tokens is at least 1.")
        if len(tokens) >= self._plan.context:
            raise ContextTooLong(len(tokens), self._plan.context)
        return Answer(
            request=request,
            deliver=deliver,
            sampler=self._decoder.sampler(request.sampling),
            tokens=tokens,
            text=AnswerText(request.stop),
            guesser=Guesser(tokens) if request.speculate else None,
        )

    def _wake(self) -> None:
        with self._changed:
            self._changed.notify()

    def _waits_for_work(self) -> bool:
        """True: there is some; False: it is closed."""
        with self._changed:
            self._changed.wait_for(lambda: self._is_closing or self._scheduler.has_work)
            return not self._is_closing
